using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Configuration;
using Retraining.DurableTask;
using Retraining.Execution;
using Retraining.Host.Durable;
using Retraining.Operations;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Engines;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Hub;

/// <summary>A run on a hub, carried by Durable Task's worker over gRPC.</summary>
internal sealed class HubRig : ContextRig
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);
    private readonly MemoryArtifactStore _work = new();
    private TestHub? _hub;
    private ServiceProvider? _clients;
    private Func<IHost>? _compose;
    private IHost? _worker;
    private HashSet<string> _stages = [];

    public override string RunId => "retrain-2026-W47";

    /// <summary>The hub's clock is the real one.</summary>
    public override TimeSpan Long => TimeSpan.FromSeconds(2);

    private DurableTaskClient Client => _clients!.GetRequiredService<DurableTaskClient>();

    public override async Task UntilItWaitsAsync()
    {
        while (await Client.GetInstanceAsync(RunId, getInputsAndOutputs: true) is not { } run || !(run.IsCompleted || IsWaiting(run)))
            await Task.Yield();
    }

    public override Task RaiseAsync(string eventName, string json) =>
        Client.RaiseEventAsync(RunId, eventName, JsonSerializer.Deserialize<JsonElement>(json));

    public override async Task StopAsync()
    {
        await _worker!.StopAsync();
        _worker.Dispose();
        _worker = null;
    }

    public override Task PassAsync(TimeSpan time) => Task.Delay(time);

    public override Task GoOnAsync()
    {
        _worker = _compose!();
        return _worker.StartAsync();
    }

    public override async Task<(string? Version, string? Error)> EndAsync()
    {
        var run = await Client.WaitForInstanceCompletionAsync(RunId, getInputsAndOutputs: true);
        return run.RuntimeStatus == OrchestrationRuntimeStatus.Completed
            ? (run.ReadOutputAs<JsonElement>().Deserialize<RetrainingResult>(RecordJson.Options)!.Version, null)
            : (null, run.FailureDetails?.ErrorMessage);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_worker is not null)
            await StopAsync();
        if (_clients is not null)
            await _clients.DisposeAsync();
        if (_hub is not null)
            await _hub.DisposeAsync();
    }

    protected override async Task BeginAsync(PipelineDefinition definition, IReadOnlyList<Stage<Note, Note>> stages)
    {
        _hub = await TestHub.StartAsync();
        _stages = [.. stages.Select(stage => stage.Name)];
        _compose = () => Worker(_hub.Address, definition, stages);
        _clients = _hub.Clients();
        await GoOnAsync();
        await Client.ScheduleNewOrchestrationInstanceAsync(
            DurableRun.Orchestrator, DurableRun.Of(EngineFixture.Request(), Start), new StartOrchestrationOptions(RunId));
    }

    private IHost Worker(string hub, PipelineDefinition definition, IReadOnlyList<Stage<Note, Note>> stages)
    {
        var builder = new HostApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new RetrainingSettings());
        builder.Services.AddSingleton(new StageWorker(
            Script.Register(stages), _work, TransientFaults.IsTransient, (_, _) => Task.FromResult(false), new SecretText([]),
            TimeProvider.System, NullLogger<StageWorker>.Instance));
        DurableServices.AddDurableWorker(builder.Services, hub, definition, stages);
        return builder.Build();
    }

    /// <summary>No stage is being done: what the board shows as running besides is a wait.</summary>
    private bool IsWaiting(OrchestrationMetadata run) => run.IsRunning
        && StageBoard.Read(run.SerializedCustomStatus).All(stage => stage.Status != StageStatus.Running || !_stages.Contains(stage.Name));
}
