using DurableTask.Core;
using Grpc.Core;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Retraining.Tests.Hub;

/// <summary>
/// Durable Task's hub in memory, which serves one worker, made to serve any number as a scheduler does: each gets what it registered, up to
/// its slots, and what a worker that went away had not answered goes to another.
/// </summary>
internal sealed class SharedHub : TaskHubGrpcServer
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5);

    public SharedHub(
        IHostApplicationLifetime process, ILoggerFactory logging, IOrchestrationService service, IOrchestrationServiceClient client,
        IOptions<TaskHubGrpcServerOptions> options)
        : base(process, logging, service, client, options)
    {
        var queue = new LocalCall(process.ApplicationStopping);
        process.ApplicationStarted.Register(() => _ = base.GetWorkItems(new GetWorkItemsRequest(), Work, queue));
    }

    public WorkQueue Work { get; } = new();

    public override async Task GetWorkItems(
        GetWorkItemsRequest request, IServerStreamWriter<WorkItem> responseStream, ServerCallContext context)
    {
        var worker = Work.Enter(request);
        try
        {
            while (true)
            {
                // A worker that hears nothing for long takes the hub for lost.
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
                quiet.CancelAfter(PingInterval);
                var item = await worker.NextAsync(quiet.Token) ?? new WorkItem { HealthPing = new HealthPing() };
                await responseStream.WriteAsync(item, context.CancellationToken);
            }
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            // The worker went away.
        }
        finally
        {
            Work.Leave(worker);
        }
    }

    public override async Task<CompleteTaskResponse> CompleteOrchestratorTask(OrchestratorResponse request, ServerCallContext context)
    {
        var answer = await base.CompleteOrchestratorTask(request, context);
        Work.Answered(WorkQueue.KeyOf(request.InstanceId));
        return answer;
    }

    public override async Task<CompleteTaskResponse> CompleteActivityTask(ActivityResponse request, ServerCallContext context)
    {
        var answer = await base.CompleteActivityTask(request, context);
        Work.Answered(WorkQueue.KeyOf(request.InstanceId, request.TaskId));
        return answer;
    }

    /// <summary>The call by which the queue takes the hub's work: it has no other side.</summary>
    private sealed class LocalCall(CancellationToken stopping) : ServerCallContext
    {
        protected override string MethodCore => nameof(GetWorkItems);
        protected override string HostCore => "localhost";
        protected override string PeerCore => "queue";
        protected override DateTime DeadlineCore => DateTime.MaxValue;
        protected override Metadata RequestHeadersCore { get; } = [];
        protected override CancellationToken CancellationTokenCore => stopping;
        protected override Metadata ResponseTrailersCore { get; } = [];
        protected override Status StatusCore { get; set; }
        protected override WriteOptions? WriteOptionsCore { get; set; }
        protected override AuthContext AuthContextCore => new(null, []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
