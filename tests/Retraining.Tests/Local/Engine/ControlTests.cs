using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Engine;
using Retraining.Local.Journal;
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
        Assert.StartsWith("""{"name":"approval","value":{"approved":true},"asked":""", raised.Json, StringComparison.Ordinal);
    }

    [JournalFact]
    public async Task TerminateAsync_ProcessDiesBeforeItLooks_EndsTheRunWhenSomebodyGoesOn()
    {
        var runId = await LeaveBehindAsync(new ControlRequest(ControlRequest.Terminate, "wrong data"));
        var other = _fixture.Open();

        Assert.Equal(ControlResult.Gone, await other.TakeOverAsync(runId, null, CancellationToken.None));

        var run = await other.GetAsync(runId, CancellationToken.None);
        Assert.Equal((RunStatus.Terminated, "wrong data"), (run!.Status, run.Error));
        Assert.DoesNotContain("last", _fixture.Ran);
    }

    [JournalFact]
    public async Task SuspendAsync_ProcessDiesBeforeItLooks_HoldsUntilAPersonResumes()
    {
        var runId = await LeaveBehindAsync(new ControlRequest(ControlRequest.Suspend, "maintenance"));
        _go.SetResult();
        var other = _fixture.Open();

        Assert.Equal(ControlResult.Gone, await other.TakeOverAsync(runId, null, CancellationToken.None));
        Assert.Equal(RunStatus.Suspended, (await other.GetAsync(runId, CancellationToken.None))!.Status);

        Assert.Equal(ControlResult.Accepted, await other.ResumeAsync(runId, null, CancellationToken.None));
        Assert.Equal(RunStatus.Completed, (await other.WaitAsync(runId, CancellationToken.None))!.Status);
    }

    [JournalFact]
    public async Task RaiseEventAsync_ProcessDiesBetweenRecordAndRemoval_CountsOnce()
    {
        var approval = new ControlRequest(ControlRequest.Raise, null, "approval", JsonSerializer.SerializeToElement(true));
        var runId = await LeaveBehindAsync(approval);
        var home = _fixture.OpenJournals();
        var run = home.Find(runId)!;
        using (var journal = await home.TryOpenAsync(run, null, CancellationToken.None))
            Assert.NotNull(new RequestBook(home, run, journal!).Answer(Assert.Single(home.Requests(run)), RunStatus.Running));
        Assert.Single(home.Requests(run));
        _go.SetResult();
        var other = _fixture.Open();

        Assert.Equal(ControlResult.Accepted, await other.TakeOverAsync(runId, null, CancellationToken.None));
        Assert.Equal(RunStatus.Completed, (await other.WaitAsync(runId, CancellationToken.None))!.Status);

        Assert.Single(await other.HistoryAsync(runId, CancellationToken.None), happened => happened.Kind == EventKinds.EventRaised);
        Assert.Empty(home.Requests(run));
    }

    [JournalFact]
    public async Task TerminateAsync_WhileTheProcessStops_EndsTheRunForGood()
    {
        TaskCompletionSource stopping = new(), stop = new();
        _fixture.On("left", async (input, _, token) =>
        {
            _waiting.TrySetResult();
            await Task.WhenAny(Task.Delay(Timeout.Infinite, token));
            stopping.SetResult();
            await stop.Task;
            token.ThrowIfCancellationRequested();
            return input;
        });
        var engine = _fixture.Open();
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await _waiting.Task;
        var interrupted = engine.InterruptAsync();
        await stopping.Task;

        Assert.Equal(ControlResult.Accepted, await _fixture.Open().TerminateAsync(runId, "too late for that", CancellationToken.None));
        stop.SetResult();
        await interrupted;

        var run = await _fixture.Open().GetAsync(runId, CancellationToken.None);
        Assert.Equal((RunStatus.Terminated, "too late for that"), (run!.Status, run.Error));
    }

    [JournalFact]
    public async Task TerminateAsync_AfterTheLastLookOfAProcessThatStops_EndsTheRunForGood()
    {
        var home = new CountingJournalHome(_fixture.OpenJournals());
        var (engine, runId) = await StartWaitingAsync(journals: home);
        ControlResult? answer = null;
        home.LettingGo = () => answer = _fixture.Open().TerminateAsync(runId, "too late for that", CancellationToken.None).GetAwaiter().GetResult();

        await engine.DisposeAsync();

        Assert.Equal(ControlResult.Accepted, answer);
        var run = await _fixture.Open().GetAsync(runId, CancellationToken.None);
        Assert.Equal((RunStatus.Terminated, "too late for that"), (run!.Status, run.Error));
    }

    [JournalFact]
    public async Task SuspendAsync_AfterTheLastLookOfAProcessThatStops_HoldsForTheNext()
    {
        var home = new CountingJournalHome(_fixture.OpenJournals());
        var (engine, runId) = await StartWaitingAsync(journals: home);
        home.LettingGo = () => _fixture.Open().SuspendAsync(runId, null, CancellationToken.None).GetAwaiter().GetResult();

        await engine.DisposeAsync();

        Assert.Equal(ControlResult.Gone, await _fixture.Open().TakeOverAsync(runId, null, CancellationToken.None));
        Assert.Equal(RunStatus.Suspended, (await _fixture.Open().GetAsync(runId, CancellationToken.None))!.Status);
    }

    [JournalFact]
    public async Task ResumeAsync_AfterTheLastLookOfAProcessThatStops_LetsTheNextGoOn()
    {
        var home = new CountingJournalHome(_fixture.OpenJournals());
        var (engine, runId) = await StartWaitingAsync(journals: home);
        await engine.SuspendAsync(runId, null, CancellationToken.None);
        await UntilAsync(engine, runId, run => run.Status == RunStatus.Suspended);
        ControlResult? answer = null;
        home.LettingGo = () => answer = _fixture.Open().ResumeAsync(runId, null, CancellationToken.None).GetAwaiter().GetResult();

        await engine.DisposeAsync();

        Assert.Equal(ControlResult.Accepted, answer);
        _go.SetResult();
        var next = _fixture.Open();
        Assert.Equal(ControlResult.Accepted, await next.TakeOverAsync(runId, null, CancellationToken.None)); // which a suspended run does not allow
        Assert.Equal(RunStatus.Completed, (await next.WaitAsync(runId, CancellationToken.None))!.Status);
    }

    [JournalFact]
    public async Task StartAsync_AnotherProcessHasTheLeaseAndNoRecordYet_NamesTheRunThatItBegins()
    {
        var ended = await EngineFixture.RunAsync(_fixture.Open(), "before");
        var home = _fixture.OpenJournals();
        using var lease = await home.TryLeaseAsync(CancellationToken.None);
        var refused = _fixture.Open().StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        var run = home.Create("begins", ended.CreatedAt.AddHours(1));
        using var journal = await home.TryOpenAsync(run, lease, CancellationToken.None);
        await Task.WhenAny(refused, Task.Delay(TimeSpan.FromMilliseconds(100))); // it must not answer yet

        Assert.False(refused.IsCompleted);
        journal!.Append(EventKinds.RunStarted, new RunStartedContent(run.RunId, ended.CreatedAt.AddHours(1), EngineFixture.Request()));
        Assert.Equal("begins", (await Assert.ThrowsAsync<RunInProgressException>(() => refused)).RunId);
    }

    [JournalFact]
    public async Task StartAsync_AnotherProcessGivesUpBeforeItsFirstRecord_Starts()
    {
        var home = _fixture.OpenJournals();
        home.Prepare();
        var lease = await home.TryLeaseAsync(CancellationToken.None);
        var start = EngineFixture.RunAsync(_fixture.Open());

        lease!.Dispose();

        Assert.Equal(RunStatus.Completed, (await start).Status);
    }

    [JournalFact]
    public async Task StartAsync_ManyAtOnce_IsOneRunThatAllOthersName()
    {
        _fixture.On("first", async (input, _, token) =>
        {
            await _go.Task.WaitAsync(token);
            return input;
        });
        var engines = Enumerable.Range(0, 6).Select(_ => _fixture.Open()).ToList();

        var answers = await Task.WhenAll(engines.Select(engine => Task.Run(async () =>
        {
            try
            {
                return (Started: true, Id: await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None));
            }
            catch (RunInProgressException conflict)
            {
                Assert.NotNull(await engine.GetAsync(conflict.RunId, CancellationToken.None));
                return (Started: false, Id: conflict.RunId);
            }
        })));

        var id = Assert.Single(answers, answer => answer.Started).Id;
        Assert.All(answers, answer => Assert.Equal(id, answer.Id));
        Assert.Equal(id, Assert.Single((await engines[0].ListAsync(new RunQuery(), CancellationToken.None)).Runs).RunId);
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

    /// <summary>A run that nobody carries, and what was asked of it before anybody noticed.</summary>
    private async Task<string> LeaveBehindAsync(ControlRequest request)
    {
        var (engine, runId) = await StartWaitingAsync();
        await engine.DisposeAsync();
        var home = _fixture.OpenJournals();
        home.Ask(home.Find(runId)!, request);
        return runId;
    }

    private async Task<(LocalEngine Engine, string RunId)> StartWaitingAsync(StageProgress? progress = null, IJournalHome? journals = null)
    {
        _fixture.On("left", async (input, context, token) =>
        {
            if (progress is not null)
                context.Progress.Report(progress);
            _waiting.TrySetResult();
            await _go.Task.WaitAsync(token);
            return input;
        });
        var engine = _fixture.Open(journals: journals);
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
