using Retraining.Execution;
using Retraining.Operations;
using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Engine;

public abstract class WaitTests : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly EngineFixture _fixture;

    private protected WaitTests(JournalPlace place) => _fixture = new EngineFixture(place);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.CloseAsync();

    [JournalFact]
    public async Task WaitForEventAsync_RaisedWhileItWaits_GoesOnWithItsValue()
    {
        var engine = _fixture.Open(ApprovalAsync);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await UntilWaitingAsync(runId);

        await _fixture.Open(ApprovalAsync).RaiseEventAsync(runId, "APPROVAL", """{"text":"yes"}""", CancellationToken.None);
        var run = await engine.WaitAsync(runId, CancellationToken.None);

        Assert.Equal((RunStatus.Completed, "yes"), (run!.Status, run.Result!.Version));
    }

    [JournalFact]
    public async Task WaitForEventAsync_RaisedBefore_TakesIt()
    {
        var started = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _fixture.On("first", async (input, _, _) =>
        {
            started.SetResult();
            await go.Task;
            return input;
        });
        var engine = _fixture.Open(ApprovalAsync);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await started.Task;
        await engine.RaiseEventAsync(runId, "approval", """{"text":"early"}""", CancellationToken.None);
        while ((await engine.HistoryAsync(runId, CancellationToken.None)).All(happened => happened.Kind != EventKinds.EventRaised))
            await Task.Yield();
        go.SetResult();

        Assert.Equal("early", (await engine.WaitAsync(runId, CancellationToken.None))!.Result!.Version);
    }

    [JournalFact]
    public async Task WaitForEventAsync_RaisedWhileNobodyCarriesTheRun_IsTakenByTheNext()
    {
        var engine = _fixture.Open(ApprovalAsync);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await UntilWaitingAsync(runId);
        await engine.DisposeAsync();
        var other = _fixture.Open(ApprovalAsync);
        await other.RaiseEventAsync(runId, "approval", """{"text":"meanwhile"}""", CancellationToken.None);

        await other.ResumeAsync(runId, null, CancellationToken.None);

        Assert.Equal("meanwhile", (await other.WaitAsync(runId, CancellationToken.None))!.Result!.Version);
        Assert.Single(_fixture.Ran, "first");
    }

    [JournalFact]
    public async Task WaitForEventAsync_NobodyRaisesIt_EndsAtItsLimitAcrossAResume()
    {
        var time = new FakeTime(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));
        _fixture.Time = time;
        var engine = _fixture.Open(ApprovalAsync);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await UntilWaitingAsync(runId);
        await engine.DisposeAsync();
        time.Now += Day + TimeSpan.FromSeconds(1);
        var other = _fixture.Open(ApprovalAsync);

        await other.ResumeAsync(runId, null, CancellationToken.None);

        Assert.Equal("nobody", (await other.WaitAsync(runId, CancellationToken.None))!.Result!.Version);
    }

    [JournalFact]
    public async Task WaitForEventAsync_TwoWaitsOfOneName_TakeAnEventEachAndReplayTheSame()
    {
        var blocked = new TaskCompletionSource();
        _fixture.On("last", async (_, _, token) =>
        {
            blocked.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new Note("");
        });
        var engine = _fixture.Open(TwiceAsync);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await engine.RaiseEventAsync(runId, "approval", """{"text":"one"}""", CancellationToken.None);
        await engine.RaiseEventAsync(runId, "approval", """{"text":"two"}""", CancellationToken.None);
        await blocked.Task;
        await engine.DisposeAsync();
        _fixture.On("last", (input, _, _) => Task.FromResult(input));
        var other = _fixture.Open(TwiceAsync);

        await other.ResumeAsync(runId, null, CancellationToken.None);

        var run = await other.WaitAsync(runId, CancellationToken.None);
        Assert.Equal((RunStatus.Completed, "one then two"), (run!.Status, run.Result?.Version));
    }

    [JournalFact]
    public async Task DelayAsync_TimePassedWhileNobodyCarriedTheRun_EndsAtOnce()
    {
        var time = new FakeTime(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));
        _fixture.Time = time;
        var engine = _fixture.Open(DelayedAsync);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await UntilWaitingAsync(runId, "delay");
        await engine.DisposeAsync();
        time.Now += Day;
        var other = _fixture.Open(DelayedAsync);

        await other.ResumeAsync(runId, null, CancellationToken.None);

        Assert.Equal("later", (await other.WaitAsync(runId, CancellationToken.None))!.Result!.Version);
    }

    [JournalFact]
    public async Task ResumeAsync_ClockSetBackByAYear_KeepsTheOrderAndGoesOn()
    {
        var time = new FakeTime(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));
        _fixture.Time = time;
        var engine = _fixture.Open(ApprovalAsync);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await UntilWaitingAsync(runId);
        await engine.DisposeAsync();
        time.Now -= TimeSpan.FromDays(365);
        var other = _fixture.Open(ApprovalAsync);
        await other.RaiseEventAsync(runId, "approval", """{"text":"yes"}""", CancellationToken.None);

        await other.ResumeAsync(runId, null, CancellationToken.None);
        var run = await other.WaitAsync(runId, CancellationToken.None);

        Assert.Equal((RunStatus.Completed, "yes"), (run!.Status, run.Result!.Version));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero), run.CreatedAt);
        var next = await EngineFixture.RunAsync(_fixture.Open());
        Assert.Equal((RunStatus.Completed, 2025), (next.Status, next.CreatedAt.Year));
    }

    private async Task UntilWaitingAsync(string runId, string stage = "wait-approval")
    {
        var look = _fixture.Open(ApprovalAsync);
        while ((await look.GetAsync(runId, CancellationToken.None))?.Stages.All(known => known.Name != stage) != false)
            await Task.Yield();
    }

    private static async Task<RetrainingResult> ApprovalAsync(IPipelineContext run, RetrainingRequest request)
    {
        await run.CallAsync(NotePipeline.First, new Note(request.StartedBy));
        return NotePipeline.Result((await run.WaitForEventAsync<Note>("approval", Day))?.Text ?? "nobody");
    }

    private static async Task<RetrainingResult> TwiceAsync(IPipelineContext run, RetrainingRequest request)
    {
        var one = await run.WaitForEventAsync<Note>("approval", Day);
        var two = await run.WaitForEventAsync<Note>("approval", Day);
        return NotePipeline.Result((await run.CallAsync(NotePipeline.Last, new Note($"{one!.Text} then {two!.Text}"))).Text);
    }

    private static async Task<RetrainingResult> DelayedAsync(IPipelineContext run, RetrainingRequest request)
    {
        await run.DelayAsync(Day);
        return NotePipeline.Result("later");
    }
}
