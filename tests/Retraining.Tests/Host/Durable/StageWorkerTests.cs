using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Execution;
using Retraining.Host.Durable;
using Retraining.Operations;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Host.Durable;

public sealed class StageWorkerTests
{
    private static readonly Stage<Number, Number> Double = new("double", "Double", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromHours(1));

    private readonly MemoryArtifactStore _work = new();
    private bool _ended;

    [Fact]
    public async Task RunAsync_SameCallTwice_WorksOnce()
    {
        var stage = new Scripted((input, _, _) => Task.FromResult(new Number(input.Value * 2)));

        var first = await Worker(stage).RunAsync(Double, Call(21), CancellationToken.None);
        var second = await Worker(stage).RunAsync(Double, Call(21) with { Attempt = 2 }, CancellationToken.None);

        Assert.Equal(42, first.Result?.GetProperty("value").GetInt32());
        Assert.Equal(42, second.Result?.GetProperty("value").GetInt32());
        Assert.Equal(1, stage.Runs);
    }

    [Fact]
    public async Task RunAsync_SameCallWhileItRuns_WorksOnceAndAnswersBoth()
    {
        var go = new TaskCompletionSource();
        var stage = new Scripted(async (input, _, _) =>
        {
            await go.Task;
            return new Number(input.Value * 2);
        });
        var worker = Worker(stage);

        var first = worker.RunAsync(Double, Call(21), CancellationToken.None);
        var second = worker.RunAsync(Double, Call(21), CancellationToken.None);
        go.SetResult();

        Assert.Equal(42, (await first).Result?.GetProperty("value").GetInt32());
        Assert.Equal(42, (await second).Result?.GetProperty("value").GetInt32());
        Assert.Equal(1, stage.Runs);
    }

    [Fact]
    public async Task RunAsync_SameCallWithAnotherInput_WorksAgain()
    {
        var stage = new Scripted((input, _, _) => Task.FromResult(new Number(input.Value * 2)));

        await Worker(stage).RunAsync(Double, Call(21), CancellationToken.None);
        var second = await Worker(stage).RunAsync(Double, Call(4), CancellationToken.None);

        Assert.Equal(8, second.Result?.GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task RunAsync_PermanentFailure_IsNotToBeRetriedAndNotRemembered()
    {
        var stage = new Scripted((_, _, _) => throw new PermanentStageException("found 0 users, expected 20"));

        var answer = await Worker(stage).RunAsync(Double, Call(1), CancellationToken.None);
        await Worker(stage).RunAsync(Double, Call(1), CancellationToken.None);

        Assert.Equal(new StageAnswer(null, "found 0 users, expected 20", MayRetry: false), answer);
        Assert.Equal(2, stage.Runs);
    }

    [Fact]
    public async Task RunAsync_TransientFailure_MayBeRetriedAndTellsNoSecret()
    {
        var stage = new Scripted((_, _, _) => throw new IOException("connection to hunter2-server was reset"));

        var answer = await Worker(stage).RunAsync(Double, Call(1), CancellationToken.None);

        Assert.True(answer.MayRetry);
        Assert.Contains("was reset", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2-server", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RunIsCancelled_StopsTheStage()
    {
        var started = new TaskCompletionSource();
        var stage = new Scripted((_, _, cancellationToken) => NeverAsync(started, cancellationToken));

        var running = Worker(stage).RunAsync(Double, Call(1), CancellationToken.None);
        await started.Task;
        await new RunFiles(_work, "run-1").CancelAsync("enough", CancellationToken.None);

        Assert.Equal(new StageAnswer(null, "run run-1 was cancelled", MayRetry: false), await running);
    }

    [Fact]
    public async Task RunAsync_HubEndsTheRun_StopsTheStage()
    {
        var started = new TaskCompletionSource();
        var stage = new Scripted((_, _, cancellationToken) => NeverAsync(started, cancellationToken));

        var running = Worker(stage).RunAsync(Double, Call(1), CancellationToken.None);
        await started.Task;
        Volatile.Write(ref _ended, true);

        Assert.False((await running).MayRetry);
    }

    [Fact]
    public async Task RunAsync_ProcessStops_LeavesTheCallToAnotherOne()
    {
        using var stopping = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var stage = new Scripted((_, _, cancellationToken) => NeverAsync(started, cancellationToken));

        var running = Worker(stage).RunAsync(Double, Call(1), stopping.Token);
        await started.Task;
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(await _work.ListAsync("runs/run-1/hub/calls/", CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_StageReports_ProgressCanBeReadElsewhere()
    {
        var files = new RunFiles(_work, "run-1");
        var stage = new Scripted(async (_, context, cancellationToken) =>
        {
            context.Progress.Report(new StageProgress { Message = "epoch 3 of 20" });
            while (await files.ReadProgressAsync(Double.Name, cancellationToken) is null)
                await Task.Yield();
            return new Number(0);
        });

        await Worker(stage).RunAsync(Double, Call(1), CancellationToken.None);

        Assert.Equal("epoch 3 of 20", (await files.ReadProgressAsync(Double.Name, CancellationToken.None))?.Message);
    }

    [Fact]
    public async Task RunAsync_HubCannotBeAsked_ProgressIsWrittenAllTheSame()
    {
        var files = new RunFiles(_work, "run-1");
        var stage = new Scripted(async (_, context, cancellationToken) =>
        {
            while (await files.ReadProgressAsync(Double.Name, cancellationToken) is not { Message: "epoch 2" })
            {
                context.Progress.Report(new StageProgress { Message = await files.ReadProgressAsync(Double.Name, cancellationToken) is null ? "epoch 1" : "epoch 2" });
                await Task.Yield();
            }

            return new Number(0);
        });

        var answer = await Worker(stage, (_, _) => throw new InvalidOperationException("no client")).RunAsync(Double, Call(1), CancellationToken.None);

        Assert.Null(answer.Error);
    }

    private StageWorker Worker(Scripted stage, HasRunEnded? hasEnded = null) => new(
        new StageRegistry().Add(Double, () => stage), _work, TransientFaults.IsTransient, hasEnded ?? ((_, _) => Task.FromResult(Volatile.Read(ref _ended))),
        new SecretText(["hunter2-server"]), new ImpatientTime(),
        NullLogger<StageWorker>.Instance);

    private static StageCall Call(int value) =>
        new("run-1", DateTimeOffset.UnixEpoch, Call: 3, Attempt: 1, JsonSerializer.SerializeToElement(new Number(value), RecordJson.Options));

    private static async Task<Number> NeverAsync(TaskCompletionSource started, CancellationToken cancellationToken)
    {
        started.SetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("waited for ever and came back");
    }

    private sealed record Number(int Value);

    private sealed class Scripted(Func<Number, StageContext, CancellationToken, Task<Number>> work) : IStage<Number, Number>
    {
        public int Runs { get; private set; }

        public Task<Number> RunAsync(Number input, StageContext context, CancellationToken cancellationToken)
        {
            Runs++;
            return work(input, context, cancellationToken);
        }
    }

    /// <summary>The watch's pauses pass at once, time limits do not.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == StageWorker.WatchInterval ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
