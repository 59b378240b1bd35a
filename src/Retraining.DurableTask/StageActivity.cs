using Microsoft.DurableTask;
using Microsoft.Extensions.Hosting;
using Retraining.Execution;
using Retraining.Host.Durable;

namespace Retraining.DurableTask;

/// <summary>One stage as an activity of a worker process.</summary>
internal sealed class StageActivity(IStageDescription stage, StageWorker worker, IHostApplicationLifetime process) : TaskActivity<StageCall, StageAnswer>
{
    public override Task<StageAnswer> RunAsync(TaskActivityContext context, StageCall input) =>
        worker.RunAsync(stage, input, process.ApplicationStopping);
}
