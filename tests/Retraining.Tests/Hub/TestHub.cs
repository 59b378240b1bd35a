using DurableTask.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.DurableTask;

namespace Retraining.Tests.Hub;

/// <summary>A task hub on a TCP port of this machine, for workers and clients of any process. It keeps what it knows in memory.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly WebApplication _server;

    private TestHub(WebApplication server) => _server = server;

    /// <summary>A gRPC endpoint, such as <c>http://127.0.0.1:4001</c>.</summary>
    public string Address => _server.Urls.First();

    public WorkQueue Work => _server.Services.GetRequiredService<SharedHub>().Work;

    public static async Task<TestHub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        var memory = new InMemoryOrchestrationService(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IOrchestrationService>(memory).AddSingleton<IOrchestrationServiceClient>(memory);
        builder.Services.AddSingleton<SharedHub>();
        var server = builder.Build();
        server.MapGrpcService<SharedHub>();
        server.Services.GetRequiredService<SharedHub>(); // listens to the start
        await server.StartAsync();
        return new TestHub(server);
    }

    /// <summary>Holds a <see cref="DurableTaskClient"/> of this hub.</summary>
    public ServiceProvider Clients() =>
        new ServiceCollection().AddLogging().AddDurableTaskClient(client => HubConnection.Connect(client, Address)).BuildServiceProvider();

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true)); // without waiting for the workers' connections
        await _server.DisposeAsync();
    }
}
