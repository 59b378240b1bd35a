using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Retraining.Tests.Documentation;
using Retraining.Tests.Functions.Protocol;

namespace Retraining.Tests.Functions;

/// <summary>
/// Stands in for the Functions host: starts the app's worker process as <c>worker.config.json</c> says, asks it for its functions and loads
/// them, invokes them, and passes HTTP requests on. It speaks the host's own protocol; triggers are pulled by tests.
/// </summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly WorkerChannel _channel;
    private readonly HttpProxy _proxy = new();
    private readonly string _hub;
    private WorkerProcess? _worker;
    private Uri? _workerHttp;

    private FunctionsHost(WebApplication server, string hub)
    {
        (_server, _hub) = (server, hub);
        _channel = server.Services.GetRequiredService<WorkerChannel>();
    }

    /// <summary>The built app, as it would be deployed.</summary>
    public static string AppFolder { get; } = Path.Combine(
        RepositoryFolder.Path, "src", "Retraining.Functions",
        Path.GetRelativePath(Path.Combine(RepositoryFolder.Path, "tests", "Retraining.Tests"), AppContext.BaseDirectory));

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, RpcFunctionMetadata> Functions { get; private set; } = new Dictionary<string, RpcFunctionMetadata>();

    /// <summary>Where the app answers HTTP.</summary>
    public Uri Url => new(_server.Urls.Last());

    /// <summary>All that the worker wrote and logged, for messages of failed tests.</summary>
    public string Text => $"{_worker?.Text}\n{_channel.Logs}";

    /// <param name="variables">App settings: the worker's environment.</param>
    /// <param name="hub">Address of the hub that clients of the app get.</param>
    public static async Task<FunctionsHost> StartAsync(
        IReadOnlyDictionary<string, string> variables, string hub, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<WorkerChannel>();
        var server = builder.Build();
        server.MapGrpcService<WorkerChannel>();
        var host = new FunctionsHost(server, hub);
        server.MapFallback(host.AnswerAsync);
        await server.StartAsync(cancellationToken);
        try
        {
            host._worker = WorkerProcess.Start(AppFolder, new Uri(server.Urls.First()), variables);
            await host.LoadAsync(cancellationToken);
            return host;
        }
        catch (Exception fault)
        {
            var said = host.Text;
            await host.DisposeAsync();
            throw new InvalidOperationException($"the worker did not come up: {said}", fault);
        }
    }

    /// <summary>Invokes a function; its client of the hub, if it takes one, comes with it.</summary>
    /// <returns>The function's return value; null when it has none.</returns>
    /// <exception cref="InvalidOperationException">The function failed.</exception>
    public Task<TypedData?> InvokeAsync(string function, TypedData trigger, CancellationToken cancellationToken) =>
        InvokeAsync(function, trigger, Guid.NewGuid().ToString(), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _channel.Tell(new StreamingMessage { WorkerTerminate = new WorkerTerminate() });
        if (_worker is not null)
            await _worker.DisposeAsync();
        _proxy.Dispose();
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private async Task<TypedData?> InvokeAsync(string function, TypedData trigger, string invocationId, CancellationToken cancellationToken)
    {
        var metadata = Functions[function];
        var request = new InvocationRequest { InvocationId = invocationId, FunctionId = metadata.FunctionId, TraceContext = new() };
        foreach (var (name, binding) in metadata.Bindings.Where(binding => binding.Value.Direction == BindingInfo.Types.Direction.In))
            request.InputData.Add(new ParameterBinding { Name = name, Data = binding.Type == "durableClient" ? Client() : trigger });

        var answer = (await _channel.AskAsync(new StreamingMessage { InvocationRequest = request }, cancellationToken)).InvocationResponse;
        Require(answer.Result, function);
        return answer.ReturnValue;
    }

    /// <summary>What the Durable extension hands to <c>durableClient</c> bindings.</summary>
    private TypedData Client() => new()
    {
        String = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["taskHubName"] = "retraining",
            ["connectionName"] = null,
            ["rpcBaseUrl"] = _hub,
            ["requiredQueryStringParameters"] = "",
            ["httpBaseUrl"] = $"{Url}runtime/webhooks/durabletask",
            ["maxGrpcMessageSizeInBytes"] = 4 * 1024 * 1024,
            ["grpcHttpClientTimeout"] = "\"00:01:40\"", // JSON within JSON
        }),
    };

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_channel.Came, _worker!.EndAsync(cancellationToken));
        if (!_channel.Came.IsCompleted)
            throw new InvalidOperationException("it ended at once");

        var init = new WorkerInitRequest { HostVersion = "4.1041.0", WorkerDirectory = AppFolder, FunctionAppDirectory = AppFolder };
        var ready = (await _channel.AskAsync(new StreamingMessage { WorkerInitRequest = init }, cancellationToken)).WorkerInitResponse;
        Require(ready.Result, "the worker");
        _workerHttp = new Uri(ready.Capabilities["HttpUri"]);
        var asked = new StreamingMessage { FunctionsMetadataRequest = new() { FunctionAppDirectory = AppFolder } };
        var found = (await _channel.AskAsync(asked, cancellationToken)).FunctionMetadataResponse;
        Require(found.Result, "the metadata");
        foreach (var function in found.FunctionMetadataResults)
        {
            var load = new StreamingMessage { FunctionLoadRequest = new() { FunctionId = function.FunctionId, Metadata = function } };
            Require((await _channel.AskAsync(load, cancellationToken)).FunctionLoadResponse.Result, function.Name);
        }

        Functions = found.FunctionMetadataResults.ToDictionary(function => function.Name, StringComparer.Ordinal);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // As the host does: the request is on its way before the worker hears of its invocation.
        var invocationId = Guid.NewGuid().ToString();
        var answering = _proxy.PassAsync(context, _workerHttp!, invocationId);
        await InvokeAsync("http", new TypedData { Http = new RpcHttp() }, invocationId, CancellationToken.None);
        await answering;
    }

    private static void Require(StatusResult result, string what)
    {
        if (result.Status != StatusResult.Types.Status.Success)
            throw new InvalidOperationException($"{what}: {result.Status} {result.Exception?.Message}");
    }
}
