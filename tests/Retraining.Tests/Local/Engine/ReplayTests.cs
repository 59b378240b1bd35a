using System.Text.Json;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Engine;

public abstract class ReplayTests : IAsyncLifetime
{
    private const string Whole = "last(left(first(test))+right(first(test)))";
    private readonly EngineFixture _fixture;

    private protected ReplayTests(JournalPlace place) => _fixture = new EngineFixture(place);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.CloseAsync();

    [JournalTheory]
    [InlineData("first", 0)]
    [InlineData("left", 1)]
    [InlineData("right", 1)]
    [InlineData("last", 3)]
    public async Task RewindAsync_InterruptedInAStage_GoesOnThere(string stage, int atLeastDone)
    {
        var runId = await InterruptInAsync(stage);
        var other = _fixture.Open();
        var interrupted = await other.GetAsync(runId, CancellationToken.None);
        Assert.Equal((RunStatus.Running, true), (interrupted!.Status, interrupted.Interrupted));
        var done = interrupted.Stages.Where(known => known.Status == StageStatus.Completed).Select(known => known.Name).ToList();
        Assert.InRange(done.Count, atLeastDone, 3);

        await other.RewindAsync(runId, "power is back", CancellationToken.None);
        var run = await other.WaitAsync(runId, CancellationToken.None);

        Assert.Equal((RunStatus.Completed, Whole), (run!.Status, run.Result!.Version));
        Assert.All(done, name => Assert.Single(_fixture.Ran, name));
        Assert.Equal(2, run.Stages.Single(known => known.Name == stage).Attempts);
    }

    [JournalFact]
    public async Task RewindAsync_FailedRun_RunsTheFailedStageAgainAndNoOther()
    {
        var failing = true;
        _fixture.On("right", (input, _, _) => failing ? throw new PermanentStageException("disk full") : Task.FromResult(new Note($"right({input.Text})")));
        var failed = await EngineFixture.RunAsync(_fixture.Open());
        Assert.Equal((RunStatus.Failed, "right: disk full"), (failed.Status, failed.Error));
        failing = false;
        var other = _fixture.Open();

        await other.RewindAsync(failed.RunId, null, CancellationToken.None);
        var run = await other.WaitAsync(failed.RunId, CancellationToken.None);

        Assert.Equal((RunStatus.Completed, Whole), (run!.Status, run.Result!.Version));
        Assert.Null(run.Error);
        Assert.Single(_fixture.Ran, "first");
        Assert.Equal(2, _fixture.Ran.Count(name => name == "right"));
    }

    [JournalFact]
    public async Task RewindAsync_AfterAStageThatAnswersAFailure_ForgetsThatStage()
    {
        var (work, notify) = (NotePipeline.Of("work", WorkKind.Transfer), NotePipeline.Of("notify", WorkKind.Transfer));
        var failing = true;
        _fixture.On("work", (input, _, _) => failing ? throw new PermanentStageException("no") : Task.FromResult(input));
        var failed = await EngineFixture.RunAsync(_fixture.Open(DefinitionAsync, [work, notify]));
        Assert.Equal(RunStatus.Failed, failed.Status);
        failing = false;
        var other = _fixture.Open(DefinitionAsync, [work, notify]);

        await other.RewindAsync(failed.RunId, null, CancellationToken.None);

        Assert.Equal("worked", (await other.WaitAsync(failed.RunId, CancellationToken.None))!.Result!.Version);
        Assert.Equal(["work", "notify", "work", "notify"], _fixture.Ran);

        async Task<RetrainingResult> DefinitionAsync(IPipelineContext run, RetrainingRequest request)
        {
            try
            {
                await run.CallAsync(work, new Note("x"));
            }
            catch (StageFailedException)
            {
                await run.CallAsync(notify, new Note("failed"));
                throw;
            }

            await run.CallAsync(notify, new Note("worked"));
            return NotePipeline.Result("worked");
        }
    }

    [JournalFact]
    public async Task RewindAsync_DefinitionAsksForAnotherStage_FailsAndNamesBoth()
    {
        var runId = await InterruptInAsync("last");
        var renamed = NotePipeline.Of("primary", WorkKind.Transfer);

        var run = await RewindAsync(runId, async (context, request) => NotePipeline.Result((await context.CallAsync(renamed, new Note(request.StartedBy))).Text), renamed);

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Matches("^call 0 of the definition: the journal records first, the definition asks for primary. The definition of build .+, which began this run, and that of build .+, which goes on", run.Error);
    }

    [JournalFact]
    public async Task RewindAsync_DefinitionAsksWithAnotherInput_FailsAndNamesBoth()
    {
        var runId = await InterruptInAsync("last");

        var run = await RewindAsync(runId, async (context, _) => NotePipeline.Result((await context.CallAsync(NotePipeline.First, new Note("other"))).Text));

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.StartsWith(
            """call 0 of the definition: the journal records first with text "test", the definition asks for first with text "other". The""",
            run.Error, StringComparison.Ordinal);
    }

    [JournalFact]
    public async Task RewindAsync_InputLostAMember_NamesItAndBothValues()
    {
        var runId = await InterruptInAsync("last");
        var first = new Stage<RenamedNote, Note>("first", "Do first", WorkKind.Transfer, RetryPolicy.None, TimeSpan.FromMinutes(1));

        var run = await RewindAsync(runId, async (context, _) => NotePipeline.Result((await context.CallAsync(first, new RenamedNote("z"))).Text));

        Assert.StartsWith(
            """call 0 of the definition: the journal records first with title null, text "test", the definition asks for first with title "z", no text any more.""",
            run.Error, StringComparison.Ordinal);
    }

    [JournalFact]
    public async Task ResumeAsync_BetweenTwoAttempts_CountsEachAttemptOnceAndTriesAnew()
    {
        var flaky = NotePipeline.Of("first", WorkKind.Transfer, attempts: 2);
        var seen = new List<int>();
        var hanging = new TaskCompletionSource();
        _fixture.On("first", async (input, context, token) =>
        {
            seen.Add(context.Attempt);
            if (context.Attempt != 2)
                return context.Attempt == 4 ? input : throw new IOException($"attempt {context.Attempt}");
            hanging.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return input;
        });
        var engine = _fixture.Open(OnlyAsync, [flaky]);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await hanging.Task;
        await engine.DisposeAsync();
        var other = _fixture.Open(OnlyAsync, [flaky]);

        await other.ResumeAsync(runId, null, CancellationToken.None);
        var run = await other.WaitAsync(runId, CancellationToken.None);

        Assert.Equal((RunStatus.Completed, 4), (run!.Status, Assert.Single(run.Stages).Attempts));
        Assert.Equal([1, 2, 3, 4], seen);
        Assert.Equal([(1, "attempt 1"), (3, "attempt 3")], run.Stages[0].Failures.Select(failed => (failed.Attempt, failed.Error)));

        async Task<RetrainingResult> OnlyAsync(IPipelineContext context, RetrainingRequest request) =>
            NotePipeline.Result((await context.CallAsync(flaky, new Note("x"))).Text);
    }

    [JournalFact]
    public async Task RewindAsync_FailedRun_KeepsTheAttemptsBefore()
    {
        _fixture.On("last", (input, context, _) => context.Attempt < 3 ? throw new PermanentStageException($"no {context.Attempt}") : Task.FromResult(input));
        var runId = (await EngineFixture.RunAsync(_fixture.Open())).RunId;
        var engine = _fixture.Open();

        await engine.RewindAsync(runId, null, CancellationToken.None);
        await engine.WaitAsync(runId, CancellationToken.None);
        await engine.RewindAsync(runId, null, CancellationToken.None);
        var run = await engine.WaitAsync(runId, CancellationToken.None);

        Assert.Equal([1, 1, 1, 3], run!.Stages.Select(stage => stage.Attempts));
        Assert.Equal([(1, "no 1"), (2, "no 2")], run.Stages[^1].Failures.Select(failed => (failed.Attempt, failed.Error)));
        var calls = (await engine.HistoryAsync(runId, CancellationToken.None)).Where(happened => happened.Stage == "last").Select(happened => happened.Call);
        Assert.All(calls, call => Assert.Equal(3, call));
    }

    [JournalFact]
    public async Task RewindAsync_DefinitionLeavesARecordedStageOut_Fails()
    {
        var runId = await InterruptInAsync("last");

        var run = await RewindAsync(runId, async (context, request) => NotePipeline.Result((await context.CallAsync(NotePipeline.First, new Note(request.StartedBy))).Text));

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Matches("^call [123] .* the journal records (left|right|last), the definition asks for nothing", run.Error);
    }

    [JournalFact]
    public async Task RewindAsync_InputGotAnOptionalMember_GoesOn()
    {
        var runId = await InterruptInAsync("last");
        var first = new Stage<LaterNote, Note>("first", "Do first", WorkKind.Transfer, RetryPolicy.None, TimeSpan.FromMinutes(1));
        var other = _fixture.Open(async (context, request) =>
        {
            var note = await context.CallAsync(first, new LaterNote(request.StartedBy));
            var left = context.CallAsync(NotePipeline.Left, note);
            var right = context.CallAsync(NotePipeline.Right, note);
            return NotePipeline.Result((await context.CallAsync(NotePipeline.Last, new Note($"{(await left).Text}+{(await right).Text}"))).Text);
        });

        await other.RewindAsync(runId, null, CancellationToken.None);

        Assert.Equal(Whole, (await other.WaitAsync(runId, CancellationToken.None))!.Result!.Version);
    }

    [JournalFact]
    public async Task ResumeAsync_ClockSetBackByAYear_KeepsTheOrderAndGoesOn()
    {
        var time = new FakeTime(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));
        _fixture.Time = time;
        var engine = _fixture.Open(ApprovalAsync);
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        while ((await engine.GetAsync(runId, CancellationToken.None))?.Stages.All(stage => stage.Name != "wait-approval") != false)
            await Task.Yield();
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

    [JournalFact]
    public async Task RewindAsync_RequestOfAnEarlierBuild_IsReadAsRecorded()
    {
        var runId = await InterruptInAsync("last");

        var run = await _fixture.Open().GetAsync(runId, CancellationToken.None);

        Assert.Equal(JsonSerializer.Serialize(EngineFixture.Request()), JsonSerializer.Serialize(run!.Request));
    }

    private static async Task<RetrainingResult> ApprovalAsync(IPipelineContext run, RetrainingRequest request) =>
        NotePipeline.Result((await run.WaitForEventAsync<Note>("approval", TimeSpan.FromDays(1)))?.Text ?? "nobody");

    private async Task<RunState> RewindAsync(string runId, PipelineDefinition definition, params Stage<Note, Note>[] stages)
    {
        var other = _fixture.Open(definition, [.. NotePipeline.All, .. stages]);
        await other.RewindAsync(runId, null, CancellationToken.None);
        return (await other.WaitAsync(runId, CancellationToken.None))!;
    }

    /// <summary>Runs until the stage runs, then stops the engine as a shutdown does.</summary>
    private async Task<string> InterruptInAsync(string stage)
    {
        var reached = new TaskCompletionSource();
        _fixture.On(stage, async (input, _, token) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return input;
        });
        var engine = _fixture.Open();
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await reached.Task;
        await engine.DisposeAsync();
        _fixture.On(stage, (input, _, _) => Task.FromResult(new Note($"{stage}({input.Text})")));
        return runId;
    }

    /// <summary>The same record after an optional member was added.</summary>
    private sealed record LaterNote(string Text, int Importance = 3);

    /// <summary>The same record after its member was removed and another one came.</summary>
    private sealed record RenamedNote(string? Title);
}
