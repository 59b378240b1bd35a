#if DURABLE_TASK
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.DurableTask;
using Retraining.Execution;
using Retraining.Host.Durable;
using Retraining.Operations;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Engines;

/// <summary>A run of Durable Task: its own replay of the definition, our activities.</summary>
internal sealed class DurableRig : ContextRig
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);
    private readonly MemoryArtifactStore _work = new();
    private OneProcessHub? _hub;

    public override string RunId => "retrain-2026-W47";

    public OneProcessHub Hub => _hub!;

    public override Task UntilItWaitsAsync() => Hub.UntilItWaitsAsync();

    public override Task RaiseAsync(string eventName, string json)
    {
        Hub.Raise(eventName, json);
        return Task.CompletedTask;
    }

    public override Task StopAsync() => Hub.StopAsync();

    public override Task PassAsync(TimeSpan time)
    {
        Hub.Pass(time);
        return Task.CompletedTask;
    }

    public override Task GoOnAsync()
    {
        Hub.GoOn();
        return Task.CompletedTask;
    }

    public override async Task<(string? Version, string? Error)> EndAsync()
    {
        var (output, error) = await Hub.Ended;
        return (output?.Deserialize<RetrainingResult>(RecordJson.Options)!.Version, error);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
    }

    protected override Task BeginAsync(PipelineDefinition definition, IReadOnlyList<Stage<Note, Note>> stages)
    {
        var worker = new StageWorker(
            Script.Register(stages), _work, TransientFaults.IsTransient, (_, _) => Task.FromResult(false), new SecretText([]), TimeProvider.System,
            NullLogger<StageWorker>.Instance);
        _hub = new OneProcessHub(
            RunId,
            DurableRun.Of(EngineFixture.Request(), Start),
            (orchestration, run) => DurableContext.RunAsync(orchestration, run!, definition)!,
            (name, call, stopping) => worker.RunAsync(stages.Single(stage => stage.Name == name), call, stopping),
            Start);
        _hub.GoOn();
        return Task.CompletedTask;
    }
}
#endif
