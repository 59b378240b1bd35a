using Retraining.Execution;
using Retraining.Tests.Journal;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Engines;

/// <summary>What every <see cref="IPipelineContext"/> does, whichever engine is behind it.</summary>
public abstract class PipelineContextTests : IAsyncLifetime
{
    private const string Whole = "last(left(first(test))+right(first(test)))";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly ContextRig _rig;

    private protected PipelineContextTests(ContextRig rig) => _rig = rig;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [JournalFact]
    public async Task CallAsync_FanOut_RunsEachStageOnceAndEndsWithTheDefinitionsResult()
    {
        await _rig.StartAsync(NotePipeline.RunAsync);

        Assert.Equal((Whole, null), await _rig.EndAsync());
        Assert.Equal(["first", "last", "left", "right"], _rig.Script.Ran.Order());
    }

    [JournalTheory]
    [InlineData("first")]
    [InlineData("left")]
    [InlineData("last")]
    public async Task CallAsync_ProcessStopsInAStage_RunsOnlyThatStageAgain(string stage)
    {
        var reached = _rig.Script.Hang(stage);
        await _rig.StartAsync(NotePipeline.RunAsync);
        await reached;
        await _rig.StopAsync();
        var done = _rig.Script.Ran.Where(name => name != stage && name != "right").ToList(); // right may have been stopped too
        _rig.Script.Restore(stage);

        await _rig.GoOnAsync();

        Assert.Equal((Whole, null), await _rig.EndAsync());
        Assert.All(done, name => Assert.Single(_rig.Script.Ran, name));
        Assert.Equal(2, _rig.Script.Ran.Count(name => name == stage));
    }

    [JournalFact]
    public async Task CallAsync_TransientFault_TriesAgainAndTellsTheStageWhichAttemptItIs()
    {
        var attempts = new List<int>();
        _rig.Script.On("flaky", (input, context, _) =>
        {
            attempts.Add(context.Attempt);
            return context.Attempt < 3 ? throw new IOException("connection reset") : Task.FromResult(input);
        });

        await _rig.StartAsync(One("flaky", attempts: 5));

        Assert.Equal(("test", null), await _rig.EndAsync());
        Assert.Equal([1, 2, 3], attempts);
    }

    [JournalFact]
    public async Task CallAsync_TransientFaultEachTime_FailsAfterTheStagesAttempts()
    {
        _rig.Script.On("flaky", (_, _, _) => throw new IOException("connection reset"));

        await _rig.StartAsync(One("flaky", attempts: 3));

        Assert.Equal((null, "flaky: connection reset"), await _rig.EndAsync());
        Assert.Equal(3, _rig.Script.Ran.Count);
    }

    [JournalFact]
    public async Task CallAsync_PermanentFault_IsNotRepeatedAndCanBeCaught()
    {
        var broken = NotePipeline.Of("broken", WorkKind.Transfer, attempts: 5);
        _rig.Script.On("broken", (_, _, _) => throw new PermanentStageException("found 0 users, expected 20"));

        await _rig.StartAsync(CatchAsync, broken, NotePipeline.Last);

        Assert.Equal(("last(broken on 1: broken: found 0 users, expected 20)", null), await _rig.EndAsync());
        Assert.Equal(["broken", "last"], _rig.Script.Ran);

        async Task<RetrainingResult> CatchAsync(IPipelineContext run, RetrainingRequest request)
        {
            try
            {
                return NotePipeline.Result((await run.CallAsync(broken, new Note("x"))).Text);
            }
            catch (StageFailedException failed)
            {
                return NotePipeline.Result((await run.CallAsync(NotePipeline.Last, new Note($"{failed.Stage} on {failed.Attempts}: {failed.Message}"))).Text);
            }
        }
    }

    [JournalFact]
    public async Task CallAsync_BranchesOfSeveralCalls_TakeTheWayOfTheFirstTimeOnReplay()
    {
        // Which branch asks next hangs on which outcome came first: the record decides, not the clock.
        Stage<Note, Note>[] stages = [.. "abcd".Select(name => NotePipeline.Of($"{name}", WorkKind.Transfer)), NotePipeline.Last];
        var second = new TaskCompletionSource();
        _rig.Script.On("a", async (input, _, _) =>
        {
            await second.Task;
            return input;
        });
        _rig.Script.On("d", (input, _, _) =>
        {
            second.TrySetResult();
            return Task.FromResult(input);
        });
        var reached = _rig.Script.Hang("last");
        await _rig.StartAsync(BranchesAsync, stages);
        await reached;
        await _rig.StopAsync();
        _rig.Script.Restore("last");

        await _rig.GoOnAsync();

        Assert.Equal(("last(end)", null), await _rig.EndAsync());
        Assert.Equal(["a", "b", "c", "d", "last", "last"], _rig.Script.Ran.Order());

        async Task<RetrainingResult> BranchesAsync(IPipelineContext run, RetrainingRequest request)
        {
            await Task.WhenAll(BranchAsync(run, stages[0], stages[1]), BranchAsync(run, stages[2], stages[3]));
            return NotePipeline.Result((await run.CallAsync(NotePipeline.Last, new Note("end"))).Text);
        }

        static async Task BranchAsync(IPipelineContext run, Stage<Note, Note> one, Stage<Note, Note> two)
        {
            await run.CallAsync(one, new Note("x"));
            await run.CallAsync(two, new Note("x"));
        }
    }

    [JournalFact]
    public async Task RunIdAndStartedAt_DefinitionAndStages_AreTheSameAfterAStop()
    {
        var seen = new List<(string, DateTimeOffset)>();
        _rig.Script.On("first", (input, context, _) => See(input, context));
        var reached = _rig.Script.Hang("last");
        await _rig.StartAsync(LookAsync, NotePipeline.First, NotePipeline.Last);
        await reached;
        await _rig.StopAsync();
        _rig.Script.On("last", (input, context, _) => See(input, context));

        await _rig.GoOnAsync();

        Assert.Null((await _rig.EndAsync()).Error);
        Assert.Equal(_rig.RunId, Assert.Single(seen.Distinct()).Item1);
        Assert.True(seen.Count >= 4, "expected the definition twice and both stages");

        Task<Note> See(Note input, StageContext context)
        {
            seen.Add((context.RunId, context.StartedAt));
            return Task.FromResult(input);
        }

        async Task<RetrainingResult> LookAsync(IPipelineContext run, RetrainingRequest request)
        {
            seen.Add((run.RunId, run.StartedAt));
            await run.CallAsync(NotePipeline.First, new Note("x"));
            return NotePipeline.Result((await run.CallAsync(NotePipeline.Last, new Note("x"))).Text);
        }
    }

    [JournalFact]
    public async Task WaitForEventAsync_RaisedWhileItWaits_GoesOnWithItsValue()
    {
        await _rig.StartAsync(Approval(Day));
        await _rig.UntilItWaitsAsync();

        await _rig.RaiseAsync("APPROVAL", """{"text":"yes"}""");

        Assert.Equal(("yes", null), await _rig.EndAsync());
    }

    [JournalFact]
    public async Task WaitForEventAsync_RaisedBefore_TakesIt()
    {
        var go = new TaskCompletionSource();
        _rig.Script.On("first", async (input, _, _) =>
        {
            await go.Task;
            return input;
        });
        await _rig.StartAsync(Approval(Day));
        await _rig.RaiseAsync("approval", """{"text":"early"}""");
        go.SetResult();

        Assert.Equal(("early", null), await _rig.EndAsync());
    }

    [JournalFact]
    public async Task WaitForEventAsync_RaisedWhileNobodyCarriesTheRun_IsTakenByTheNext()
    {
        await _rig.StartAsync(Approval(Day));
        await _rig.UntilItWaitsAsync();
        await _rig.StopAsync();
        await _rig.RaiseAsync("approval", """{"text":"meanwhile"}""");

        await _rig.GoOnAsync();

        Assert.Equal(("meanwhile", null), await _rig.EndAsync());
        Assert.Single(_rig.Script.Ran, "first");
    }

    [JournalFact]
    public async Task WaitForEventAsync_NobodyRaisesIt_EndsAtItsLimitThoughNobodyCarriesTheRun()
    {
        await _rig.StartAsync(Approval(_rig.Long));
        await _rig.UntilItWaitsAsync();
        await _rig.StopAsync();
        await _rig.PassAsync(_rig.Long + TimeSpan.FromSeconds(1));

        await _rig.GoOnAsync();

        Assert.Equal(("nobody", null), await _rig.EndAsync());
    }

    [JournalFact]
    public async Task WaitForEventAsync_TwoWaitsOfOneName_TakeAnEventEachAndReplayTheSame()
    {
        var reached = _rig.Script.Hang("last");
        await _rig.StartAsync(TwiceAsync);
        await _rig.RaiseAsync("approval", """{"text":"one"}""");
        await _rig.RaiseAsync("approval", """{"text":"two"}""");
        await reached;
        await _rig.StopAsync();
        _rig.Script.Restore("last");

        await _rig.GoOnAsync();

        Assert.Equal(("last(one then two)", null), await _rig.EndAsync());

        static async Task<RetrainingResult> TwiceAsync(IPipelineContext run, RetrainingRequest request)
        {
            var one = await run.WaitForEventAsync<Note>("approval", Day);
            var two = await run.WaitForEventAsync<Note>("approval", Day);
            return NotePipeline.Result((await run.CallAsync(NotePipeline.Last, new Note($"{one!.Text} then {two!.Text}"))).Text);
        }
    }

    [JournalFact]
    public async Task DelayAsync_TimePassedWhileNobodyCarriedTheRun_EndsAtOnce()
    {
        await _rig.StartAsync(DelayedAsync);
        await _rig.UntilItWaitsAsync();
        await _rig.StopAsync();
        await _rig.PassAsync(_rig.Long);

        await _rig.GoOnAsync();

        Assert.Equal(("later", null), await _rig.EndAsync());

        async Task<RetrainingResult> DelayedAsync(IPipelineContext run, RetrainingRequest request)
        {
            await run.DelayAsync(_rig.Long);
            return NotePipeline.Result("later");
        }
    }

    private static PipelineDefinition Approval(TimeSpan limit) => async (run, request) =>
    {
        await run.CallAsync(NotePipeline.First, new Note(request.StartedBy));
        return NotePipeline.Result((await run.WaitForEventAsync<Note>("approval", limit))?.Text ?? "nobody");
    };

    private static (PipelineDefinition, Stage<Note, Note>) One(string name, int attempts)
    {
        var stage = NotePipeline.Of(name, WorkKind.Transfer, attempts);
        return (async (run, request) => NotePipeline.Result((await run.CallAsync(stage, new Note(request.StartedBy))).Text), stage);
    }
}
