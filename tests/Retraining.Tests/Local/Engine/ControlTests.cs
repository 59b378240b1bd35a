using Retraining.Execution;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Engine;

public abstract class ControlTests : IAsyncLifetime
{
    private readonly EngineFixture _fixture;
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected ControlTests(JournalPlace place) => _fixture = new EngineFixture(place);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.CloseAsync();

    [JournalFact]
    public async Task TerminateAsync_FromAnotherEngine_StopsTheRunningStage()
    {
        var (engine, runId) = await StartWaitingAsync();

        Assert.Equal(ControlResult.Accepted, await _fixture.Open().TerminateAsync(runId, "not today", CancellationToken.None));
        var run = await engine.WaitAsync(runId, CancellationToken.None);

        Assert.Equal((RunStatus.Terminated, "not today"), (run!.Status, run.Error));
        Assert.Equal(StageStatus.Failed, run.Stages[^1].Status);
        Assert.DoesNotContain("last", _fixture.Ran);
        Assert.Equal(ControlResult.Gone, await engine.TerminateAsync(runId, null, CancellationToken.None));
        Assert.Equal(ControlResult.Gone, await engine.RewindAsync(runId, null, CancellationToken.None));
    }

    [JournalFact]
    public async Task TerminateAsync_InterruptedRun_EndsItWithoutAProcess()
    {
        var (engine, runId) = await StartWaitingAsync();
        await engine.DisposeAsync();

        Assert.Equal(ControlResult.Accepted, await _fixture.Open().TerminateAsync(runId, null, CancellationToken.None));

        Assert.Equal(RunStatus.Terminated, (await _fixture.Open().GetAsync(runId, CancellationToken.None))!.Status);
    }

    [JournalFact]
    public async Task TerminateAsync_UnknownRun_IsNotFound() =>
        Assert.Equal(ControlResult.NotFound, await _fixture.Open().TerminateAsync("none", null, CancellationToken.None));

    [JournalFact]
    public async Task StartAsync_WhileAnotherEngineRuns_NamesTheRun()
    {
        var (engine, runId) = await StartWaitingAsync();

        var error = await Assert.ThrowsAsync<RunInProgressException>(() => _fixture.Open().StartAsync(EngineFixture.Request(), null, CancellationToken.None));

        Assert.Equal(runId, error.RunId);
        _go.SetResult();
        Assert.Equal(RunStatus.Completed, (await engine.WaitAsync(runId, CancellationToken.None))!.Status);
        Assert.Equal(RunStatus.Completed, (await EngineFixture.RunAsync(_fixture.Open())).Status);
    }

    [JournalFact]
    public async Task SuspendAsync_RunningStage_EndsAndNoFurtherOneStarts()
    {
        var (engine, runId) = await StartWaitingAsync();
        var other = _fixture.Open();

        Assert.Equal(ControlResult.Accepted, await other.SuspendAsync(runId, "maintenance", CancellationToken.None));
        await UntilAsync(other, runId, run => run.Status == RunStatus.Suspended);
        _go.SetResult();
        await UntilAsync(other, runId, run => run.Stages.Count(stage => stage.Status == StageStatus.Completed) == 3);

        Assert.DoesNotContain("last", _fixture.Ran);
        Assert.Equal(ControlResult.Accepted, await other.ResumeAsync(runId, null, CancellationToken.None));
        Assert.Equal(RunStatus.Completed, (await engine.WaitAsync(runId, CancellationToken.None))!.Status);
        var kinds = (await other.HistoryAsync(runId, CancellationToken.None)).Select(happened => happened.Kind).ToList();
        Assert.True(kinds.IndexOf(EventKinds.RunSuspended) < kinds.IndexOf(EventKinds.RunResumed));
    }

    [JournalFact]
    public async Task ResumeAsync_SuspendedRunOfADeadProcess_GoesOnHere()
    {
        var (engine, runId) = await StartWaitingAsync();
        await engine.SuspendAsync(runId, null, CancellationToken.None);
        await UntilAsync(engine, runId, run => run.Status == RunStatus.Suspended);
        await engine.DisposeAsync();
        _go.SetResult();
        var other = _fixture.Open();
        Assert.Equal(RunStatus.Suspended, (await other.GetAsync(runId, CancellationToken.None))!.Status);

        Assert.Equal(ControlResult.Accepted, await other.ResumeAsync(runId, null, CancellationToken.None));

        Assert.Equal(RunStatus.Completed, (await other.WaitAsync(runId, CancellationToken.None))!.Status);
    }

    [JournalFact]
    public async Task RaiseEventAsync_RunningRun_IsRecorded()
    {
        var (engine, runId) = await StartWaitingAsync();

        await _fixture.Open().RaiseEventAsync(runId, "approval", """{"approved":true}""", CancellationToken.None);
        while ((await engine.HistoryAsync(runId, CancellationToken.None)).All(happened => happened.Kind != EventKinds.EventRaised))
            await Task.Yield();

        var raised = (await engine.HistoryAsync(runId, CancellationToken.None)).Single(happened => happened.Kind == EventKinds.EventRaised);
        Assert.Equal("""{"name":"approval","value":{"approved":true}}""", raised.Json);
    }

    [JournalFact]
    public async Task GetAsync_FromAnotherEngine_ShowsProgress()
    {
        var progress = new StageProgress { Message = "epoch 3 of 20", Fraction = 0.15, Values = new Dictionary<string, double> { ["loss"] = 0.5 } };
        var (_, runId) = await StartWaitingAsync(progress);

        var run = await UntilAsync(_fixture.Open(), runId, run => run.Stages.Any(stage => stage.Progress is not null));

        var shown = run.Stages.Single(stage => stage.Name == "left").Progress!;
        Assert.Equal(("epoch 3 of 20", 0.15, 0.5), (shown.Message, shown.Fraction, shown.Values["loss"]));
    }

    [JournalFact]
    public async Task GetAsync_ProgressThatIsTooLarge_StaysUnder16KiB()
    {
        var values = Enumerable.Range(0, 5_000).ToDictionary(i => $"metric {i:D5}", i => (double)i);
        var (_, runId) = await StartWaitingAsync(new StageProgress { Message = new string('x', 100_000), Values = values });

        await UntilAsync(_fixture.Open(), runId, run => run.Stages.Any(stage => stage.Progress is not null));

        var home = _fixture.OpenJournals();
        Assert.InRange(home.ReadProgress(home.Find(runId)!).Length, 1, 16 * 1024);
    }

    private async Task<(LocalEngine Engine, string RunId)> StartWaitingAsync(StageProgress? progress = null)
    {
        _fixture.On("left", async (input, context, token) =>
        {
            if (progress is not null)
                context.Progress.Report(progress);
            _waiting.TrySetResult();
            await _go.Task.WaitAsync(token);
            return input;
        });
        var engine = _fixture.Open();
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await _waiting.Task;
        return (engine, runId);
    }

    private static async Task<RunState> UntilAsync(LocalEngine engine, string runId, Func<RunState, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await engine.GetAsync(runId, limit.Token) is { } run && condition(run))
                return run;
            await Task.Yield();
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}
