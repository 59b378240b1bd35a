using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.DurableTask.Protobuf;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Retraining.Tests.Functions.Protocol;

namespace Retraining.Tests.Functions;

/// <summary>
/// Stands in for the host's Durable extension: takes work from a hub, as much at a time as <c>host.json</c> allows, and has it done by
/// functions. Orchestrators get their history, activities their input, in the extension's own forms.
/// </summary>
internal sealed class DurableExtension : IAsyncDisposable
{
    private readonly FunctionsHost _host;
    private readonly GrpcChannel _channel;
    private readonly TaskHubSidecarService.TaskHubSidecarServiceClient _hub;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public DurableExtension(FunctionsHost host, string hub)
    {
        _host = host;
        _channel = GrpcChannel.ForAddress(hub);
        _hub = new TaskHubSidecarService.TaskHubSidecarServiceClient(_channel);
        _running = RunAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _channel.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var settings = await File.ReadAllTextAsync(Path.Combine(FunctionsHost.AppFolder, "host.json"), stopping);
        var limits = JsonDocument.Parse(settings).RootElement.GetProperty("extensions").GetProperty("durableTask");
        using var call = _hub.GetWorkItems(
            new GetWorkItemsRequest
            {
                MaxConcurrentActivityWorkItems = limits.GetProperty("maxConcurrentActivityFunctions").GetInt32(),
                MaxConcurrentOrchestrationWorkItems = limits.GetProperty("maxConcurrentOrchestratorFunctions").GetInt32(),
            },
            cancellationToken: stopping);
        var doing = new List<Task>();
        try
        {
            await foreach (var item in call.ResponseStream.ReadAllAsync(stopping))
            {
                doing.Add(item.RequestCase switch
                {
                    WorkItem.RequestOneofCase.ActivityRequest => DoAsync(item.ActivityRequest, item.CompletionToken, stopping),
                    WorkItem.RequestOneofCase.OrchestratorRequest => DoAsync(item.OrchestratorRequest, item.CompletionToken, stopping),
                    _ => Task.CompletedTask, // a sign of life
                });
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            await Task.WhenAll(doing).ContinueWith(_ => { }, TaskScheduler.Default); // what the hub does not hear of it gives out again
        }
    }

    private async Task DoAsync(OrchestratorRequest request, string token, CancellationToken stopping)
    {
        var events = request.PastEvents.Concat(request.NewEvents);
        var name = events.Select(happened => happened.ExecutionStarted).First(started => started is not null).Name;
        var history = new OrchestratorRequest
        {
            InstanceId = request.InstanceId,
            PastEvents = { request.PastEvents },
            NewEvents = { request.NewEvents },
        };
        var result = await _host.InvokeAsync(name, new TypedData { String = Convert.ToBase64String(history.ToByteArray()) }, stopping);
        var answer = OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(result!.String));
        answer.CompletionToken = token;
        await _hub.CompleteOrchestratorTaskAsync(answer, cancellationToken: stopping);
    }

    private async Task DoAsync(ActivityRequest request, string token, CancellationToken stopping)
    {
        var instance = request.OrchestrationInstance.InstanceId;
        var answer = new ActivityResponse { InstanceId = instance, TaskId = request.TaskId, CompletionToken = token };
        try
        {
            var input = new TypedData { String = ThroughTheHost(request.Input, isInput: true) };
            var result = await _host.InvokeAsync(request.Name, input, stopping);
            answer.Result = ThroughTheHost(result!.Json);
        }
        catch (InvalidOperationException failed)
        {
            answer.FailureDetails = new TaskFailureDetails { ErrorType = "(unknown)", ErrorMessage = failed.Message };
        }

        await _hub.CompleteActivityTaskAsync(answer, cancellationToken: stopping);
    }

    /// <summary>
    /// The extension reads inputs and results with a JSON library of its own and writes them anew; an input comes to it as the only item of a
    /// list.
    /// </summary>
    private static string ThroughTheHost(string json, bool isInput = false)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None };
        var read = JToken.Load(reader);
        return (isInput ? read.Single() : read).ToString(Formatting.None);
    }
}
