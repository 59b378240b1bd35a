using Retraining.Execution;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Tests.Journal;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Engines;

/// <summary>A run of the embedded engine.</summary>
internal sealed class EmbeddedRig : ContextRig
{
    private static readonly string Delay = new EventWait(null, TimeSpan.Zero).AsStage().Name;
    private readonly ShiftedTime _time = new();
    private readonly EngineFixture _fixture;
    private LocalEngine? _engine;
    private Func<LocalEngine>? _open;
    private string? _runId;

    public EmbeddedRig(JournalPlace place) => _fixture = new EngineFixture(place) { Script = Script, Time = _time };

    public override string RunId => _runId!;

    public override async Task UntilItWaitsAsync()
    {
        while (await _engine!.GetAsync(RunId, CancellationToken.None) is not { } run || !(run.HasEnded || run.Stages.Any(IsWait)))
            await Task.Yield();
    }

    public override async Task RaiseAsync(string eventName, string json) =>
        await (_engine ?? _open!()).RaiseEventAsync(RunId, eventName, json, CancellationToken.None);

    public override async Task StopAsync()
    {
        await _engine!.DisposeAsync();
        _engine = null;
    }

    public override Task PassAsync(TimeSpan time)
    {
        _time.Ahead += time;
        return Task.CompletedTask;
    }

    public override Task GoOnAsync()
    {
        _engine = _open!();
        return _engine.ResumeAsync(RunId, null, CancellationToken.None);
    }

    public override async Task<(string? Version, string? Error)> EndAsync()
    {
        var run = await _engine!.WaitAsync(RunId, CancellationToken.None);
        return (run!.Result?.Version, run.Error);
    }

    public override async ValueTask DisposeAsync() => await _fixture.CloseAsync();

    protected override async Task BeginAsync(PipelineDefinition definition, IReadOnlyList<Stage<Note, Note>> stages)
    {
        _open = () => _fixture.Open(definition, stages);
        _engine = _open();
        _runId = await _engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
    }

    // By its name: a stage, too, runs before it does anything that a test could see.
    private static bool IsWait(StageState stage) =>
        stage.Status == StageStatus.Running && (stage.Name == Delay || EventWait.IsEvent(stage.Name));

    /// <summary>The system's clock, set ahead.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
