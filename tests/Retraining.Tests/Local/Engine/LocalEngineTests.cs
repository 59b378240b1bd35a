using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Tests.Local.Engine;

public sealed class LocalEngineTests : IAsyncLifetime
{
    private const string Whole = "last(left(first(test))+right(first(test)))";
    private readonly EngineFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.CloseAsync();

    [Fact]
    public async Task StartAsync_AllStagesSucceed_CompletesWithTheDefinitionsResult()
    {
        var run = await EngineFixture.RunAsync(_fixture.Open());

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(Whole, run.Result!.Version);
        Assert.Equal("first", run.Stages[0].Name);
        Assert.Equal("last", run.Stages[^1].Name);
        Assert.All(run.Stages, stage => Assert.Equal((StageStatus.Completed, 1), (stage.Status, stage.Attempts)));
        Assert.Equal("""{"text":"first(test)"}""", run.Stages[0].ResultJson);
    }

    [Fact]
    public async Task StartAsync_SideBySide_BothStagesRunAtOnce()
    {
        var left = new TaskCompletionSource();
        var right = new TaskCompletionSource();
        _fixture.On("left", async (_, _, token) =>
        {
            left.SetResult();
            await right.Task.WaitAsync(token);
            return new Note("l");
        });
        _fixture.On("right", async (_, _, token) =>
        {
            right.SetResult();
            await left.Task.WaitAsync(token);
            return new Note("r");
        });

        Assert.Equal("last(l+r)", (await EngineFixture.RunAsync(_fixture.Open())).Result!.Version);
    }

    [Fact]
    public async Task StartAsync_TwoTrainings_RunOneAfterTheOther()
    {
        var running = 0;
        var most = 0;
        Stage<Note, Note>[] trainings = [NotePipeline.Of("left", WorkKind.Training), NotePipeline.Of("right", WorkKind.Training)];
        foreach (var training in trainings)
        {
            _fixture.On(training.Name, async (input, _, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return input;
            });
        }

        var run = await EngineFixture.RunAsync(_fixture.Open(
            async (context, _) =>
            {
                var both = trainings.Select(training => context.CallAsync(training, new Note("x"))).ToList();
                foreach (var one in both)
                    await one;
                return NotePipeline.Result("done");
            },
            trainings));

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task StartAsync_TransientFault_IsTriedAgain()
    {
        var flaky = NotePipeline.Of("flaky", WorkKind.Transfer, attempts: 3);
        var attempts = new List<int>();
        _fixture.On("flaky", (input, context, _) =>
        {
            attempts.Add(context.Attempt);
            return context.Attempt < 3 ? throw new IOException("connection reset") : Task.FromResult(input);
        });

        var run = await EngineFixture.RunAsync(_fixture.Open(Only(flaky), [flaky]));

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal([1, 2, 3], attempts);
        Assert.Equal(3, Assert.Single(run.Stages).Attempts);
    }

    [Fact]
    public async Task StartAsync_TransientFaultOnEveryAttempt_FailsAfterTheLast()
    {
        var flaky = NotePipeline.Of("flaky", WorkKind.Transfer, attempts: 3);
        _fixture.On("flaky", (_, context, _) => throw new IOException($"connection reset, for the {context.Attempt}. time"));

        var run = await EngineFixture.RunAsync(_fixture.Open(Only(flaky), [flaky]));

        Assert.Equal((RunStatus.Failed, "flaky: connection reset, for the 3. time"), (run.Status, run.Error));
        var stage = Assert.Single(run.Stages);
        Assert.Equal(3, stage.Attempts);
        Assert.Equal(
            [(1, "connection reset, for the 1. time"), (2, "connection reset, for the 2. time"), (3, "connection reset, for the 3. time")],
            stage.Failures.Select(failed => (failed.Attempt, failed.Error)));
        Assert.Equal([true, true, false], stage.Failures.Select(failed => failed.RetryInMs is not null));
    }

    [Theory]
    [InlineData(typeof(PermanentStageException))]
    [InlineData(typeof(InvalidOperationException))]
    public async Task StartAsync_FaultThatARetryCannotHelp_FailsAtOnce(Type fault)
    {
        var broken = NotePipeline.Of("broken", WorkKind.Transfer, attempts: 5);
        _fixture.On("broken", (_, _, _) => throw (Exception)Activator.CreateInstance(fault, "no such table")!);

        var run = await EngineFixture.RunAsync(_fixture.Open(Only(broken), [broken]));

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Contains("no such table", run.Error, StringComparison.Ordinal);
        Assert.Single(_fixture.Ran);
    }

    [Fact]
    public async Task StartAsync_StagePastItsLimit_IsStoppedAndSaysSo()
    {
        var slow = NotePipeline.Of("slow", WorkKind.Transfer) with { TimeLimit = TimeSpan.FromMilliseconds(20) };
        _fixture.On("slow", async (input, _, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return input;
        });

        var run = await EngineFixture.RunAsync(_fixture.Open(Only(slow), [slow]));

        Assert.Equal((RunStatus.Failed, "slow: attempt 1 took longer than its limit of 00:00:00.0200000"), (run.Status, run.Error));
    }

    [Fact]
    public async Task StartAsync_SecretInAnError_IsNotRecorded()
    {
        _fixture.On("first", (_, _, _) => throw new PermanentStageException("postgresql://u:other@h/d and hunter2 do not work; Password=x1y2z3;"));
        var engine = _fixture.Open();

        var run = await EngineFixture.RunAsync(engine);

        Assert.Equal("first: postgresql://u:***@h/d and *** do not work; Password=***;", run.Error);
        var history = string.Concat((await engine.HistoryAsync(run.RunId, CancellationToken.None)).Select(happened => happened.Json));
        Assert.DoesNotContain("hunter2", history, StringComparison.Ordinal);
        Assert.DoesNotContain("other", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_DefinitionAwaitsSomethingElse_FailsWithAnExplanation()
    {
        var run = await EngineFixture.RunAsync(_fixture.Open(async (_, _) =>
        {
            await new TaskCompletionSource().Task;
            return NotePipeline.Result("never");
        }));

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Contains("awaits something that is not a stage", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_TwoRunsInOneSecond_GetVersionsOfTheirOwn()
    {
        _fixture.Time = new FakeTime(DateTimeOffset.UnixEpoch.AddMilliseconds(700));
        var engine = _fixture.Open();

        var first = await EngineFixture.RunAsync(engine);
        var second = await EngineFixture.RunAsync(engine);

        Assert.Equal(DateTimeOffset.UnixEpoch, first.CreatedAt);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1), second.CreatedAt);
        Assert.StartsWith("run-19700101-000000-", first.RunId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_SameIdTwice_StartsOnce()
    {
        var engine = _fixture.Open();
        await EngineFixture.RunAsync(engine, "retrain-2026-W47");

        var error = await Assert.ThrowsAsync<RunInProgressException>(() => EngineFixture.RunAsync(engine, "retrain-2026-W47"));

        Assert.Equal("retrain-2026-W47", error.RunId);
        Assert.Single((await engine.ListAsync(new RunQuery(), CancellationToken.None)).Runs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("-x")]
    public async Task StartAsync_IdThatIsNoFolderName_IsRefused(string runId)
    {
        await Assert.ThrowsAsync<PermanentStageException>(() => EngineFixture.RunAsync(_fixture.Open(), runId));

        // And the refusal leaves the way free.
        Assert.Equal(RunStatus.Completed, (await EngineFixture.RunAsync(_fixture.Open())).Status);
    }

    [Fact]
    public async Task PurgeAsync_EndedRun_LeavesNothing()
    {
        _fixture.On("first", async (input, context, token) =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(_fixture.Folder, context.Folder));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "a.bin"), "x", token);
            return input;
        });
        var engine = _fixture.Open();
        var run = await EngineFixture.RunAsync(engine);

        Assert.Equal(ControlResult.Accepted, await engine.PurgeAsync(run.RunId, CancellationToken.None));

        Assert.Null(await engine.GetAsync(run.RunId, CancellationToken.None));
        Assert.Equal(ControlResult.NotFound, await engine.PurgeAsync(run.RunId, CancellationToken.None));
        Assert.False(Directory.Exists(Path.Combine(_fixture.Folder, "runs", run.RunId)));
    }

    [Fact]
    public async Task ListAsync_EndedRun_IsToldFromItsSummaryWithoutItsJournal()
    {
        var run = await EngineFixture.RunAsync(_fixture.Open(), "one");
        var journal = Directory.EnumerateFiles(_fixture.Folder, "journal", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(journal);
        bytes[bytes.Length / 2] ^= 1; // as long as before, and unreadable

        await File.WriteAllBytesAsync(journal, bytes);
        var listed = Assert.Single((await _fixture.Open().ListAsync(new RunQuery(), CancellationToken.None)).Runs);

        Assert.Equal((run.Status, run.CreatedAt, run.UpdatedAt), (listed.Status, listed.CreatedAt, listed.UpdatedAt));
        Assert.Equal((run.Request.StartedBy, run.Result!.Version), (listed.StartedBy, listed.Ending!.Version));
        await Assert.ThrowsAsync<Retraining.Journal.JournalUnreadableException>(() => _fixture.Open().GetAsync("one", CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}\n")]
    [InlineData("not JSON\n{}\nnull")]
    public async Task ListAsync_SummaryDamaged_IsMadeAgainFromTheJournal(string damage)
    {
        var run = await EngineFixture.RunAsync(_fixture.Open(), "one");
        var summary = Directory.EnumerateFiles(_fixture.Folder, "summary", SearchOption.AllDirectories).Single();
        var kept = await File.ReadAllBytesAsync(summary);
        await File.WriteAllTextAsync(summary, damage);

        var listed = Assert.Single((await _fixture.Open().ListAsync(new RunQuery(), CancellationToken.None)).Runs);

        Assert.Equal((run.Status, run.Result!.Version, 4), (listed.Status, listed.Ending!.Version, listed.StagesCompleted));
        Assert.Equal(kept, await File.ReadAllBytesAsync(summary));
    }

    [Fact]
    public async Task ListAsync_Pages_CoverAllRunsNewestFirst()
    {
        _fixture.Time = new FakeTime(DateTimeOffset.UnixEpoch);
        var engine = _fixture.Open();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Insert(0, (await EngineFixture.RunAsync(engine, $"run-{i}")).RunId);

        var seen = new List<string>();
        string? token = null;
        do
        {
            var page = await _fixture.Open().ListAsync(new RunQuery { Top = 2, ContinuationToken = token }, CancellationToken.None);
            seen.AddRange(page.Runs.Select(run => run.RunId));
            token = page.ContinuationToken;
        }
        while (token is not null);

        Assert.Equal(ids, seen);
        var filtered = await engine.ListAsync(
            new RunQuery { CreatedFrom = DateTimeOffset.UnixEpoch.AddSeconds(3), Statuses = [RunStatus.Completed] }, CancellationToken.None);
        Assert.Equal(["run-4", "run-3"], filtered.Runs.Select(run => run.RunId));
        Assert.Empty((await engine.ListAsync(new RunQuery { IdPrefix = "retrain-" }, CancellationToken.None)).Runs);
        Assert.Empty((await engine.ListAsync(new RunQuery { Statuses = [RunStatus.Failed] }, CancellationToken.None)).Runs);
    }

    private static PipelineDefinition Only(Stage<Note, Note> stage) => async (run, _) => NotePipeline.Result((await run.CallAsync(stage, new Note("x"))).Text);
}
