using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Retraining.Configuration;
using Retraining.DurableTask;
using Retraining.Execution;
using Retraining.Host.Composition;
using Retraining.Operations;
using Retraining.Tests.Cli;

namespace Retraining.Tests.Hub;

/// <summary>Starting and steering real runs on a hub.</summary>
public sealed class DurableRunsTests : IAsyncLifetime, IDisposable
{
    private readonly CliFixture _cli = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(5));
    private TestHub? _hub;
    private IHost? _process;

    private IRunClient Runs => _process!.Services.GetRequiredService<IRunClient>();

    public async Task InitializeAsync()
    {
        _cli.Variables["TwoTower__Source__Kind"] = "files";
        _cli.Variables["TwoTower__Source__Folder"] = await _cli.SampleAsync();
        _hub = await TestHub.StartAsync();
        var builder = new HostApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRetraining(SettingsResolver.Create(null, _cli.Variables, []), HostSecrets.From(_cli.Variables));
        builder.Services.AddDurableRuns(_hub.Address).AddDurableWorker(_hub.Address, Enum.GetValues<WorkKind>());
        _process = builder.Build();
        await _process.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _process!.StopAsync();
        _process.Dispose();
        await _hub!.DisposeAsync();
    }

    public void Dispose()
    {
        _cli.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task StartAsync_EightAtOnce_OneIsAcceptedAndTheOthersNameIt()
    {
        var request = Request(epochs: 10_000);

        var starts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TryStartAsync(request, null)));

        var accepted = Assert.Single(starts, start => start.Accepted);
        Assert.All(starts, start => Assert.Equal(accepted.Id, start.Id));
        Assert.Equal(ControlResult.Accepted, await Runs.TerminateAsync(accepted.Id, "enough", _limit.Token));
    }

    [Fact]
    public async Task StartAsync_IdThatWasStartedBefore_IsRefusedThoughItsRunHasEnded()
    {
        const string Week = "retrain-2026-W47";
        await Runs.StartAsync(Request(epochs: 1), Week, _limit.Token);
        var run = await UntilAsync(Week, state => state.HasEnded);
        Assert.Equal((RunStatus.Completed, null), (run.Status, run.Error));

        Assert.Equal((Week, false), await TryStartAsync(Request(epochs: 1), Week));
        var given = _hub!.Work.Given.Select(activity => activity.Activity).Order(StringComparer.Ordinal);
        Assert.Equal(Stages.PlannedBy(new RetrainingSettings()).Select(stage => stage.Name).Order(StringComparer.Ordinal), given);
        Assert.Equal(given.Count(), run.Stages.Count);
    }

    [Fact]
    public async Task SuspendAsync_RunningStage_EndsAndNoFurtherOneStartsUntilResumed()
    {
        var id = await Runs.StartAsync(Request(epochs: 40), null, _limit.Token);
        await UntilAsync(id, state => IsRunning(state, "train"));

        Assert.Equal(ControlResult.Accepted, await Runs.SuspendAsync(id, "wait", _limit.Token));
        await UntilAsync(id, state => state.Status == RunStatus.Suspended);
        await UntilNothingIsDoneAsync();
        Assert.DoesNotContain(_hub!.Work.Given, given => given.Activity == "evaluate");
        Assert.Equal(ControlResult.Accepted, await Runs.ResumeAsync(id, "go on", _limit.Token));

        var run = await UntilAsync(id, state => state.HasEnded);
        Assert.Equal((RunStatus.Completed, null), (run.Status, run.Error));
        Assert.Single(_hub.Work.Given, given => given.Activity == "train");
    }

    [Fact]
    public async Task TerminateAsync_RunningTraining_ReachesItAndLeavesNothingToSteer()
    {
        var id = await Runs.StartAsync(Request(epochs: 10_000), null, _limit.Token);
        await UntilAsync(id, state => state.Stages.Any(stage => stage.Progress?.Values.ContainsKey("loss") == true));

        Assert.Equal(ControlResult.Accepted, await Runs.TerminateAsync(id, "enough", _limit.Token));
        var ended = await UntilAsync(id, state => state.HasEnded);
        await UntilNothingIsDoneAsync(); // the hub does not stop an activity: the run's files do

        Assert.Equal((RunStatus.Terminated, "enough"), (ended.Status, ended.Error));
        Assert.Equal(ControlResult.Gone, await Runs.TerminateAsync(id, "again", _limit.Token));
        Assert.Equal(ControlResult.Gone, await Runs.RewindAsync(id, "go on", _limit.Token));
        Assert.Equal(ControlResult.Accepted, await Runs.PurgeAsync(id, _limit.Token));
        Assert.Null(await Runs.GetAsync(id, _limit.Token));
        Assert.Equal(ControlResult.NotFound, await Runs.SuspendAsync(id, null, _limit.Token));
    }

    [Fact]
    public async Task RewindAsync_FailedRun_GoesOnUnderItsIdAndVersionAndAnotherStartMakesANewRun()
    {
        Directory.Move(_cli.PathOf("sample"), _cli.PathOf("away"));
        var id = await Runs.StartAsync(Request(epochs: 1), null, _limit.Token);
        var failed = await UntilAsync(id, state => state.HasEnded);
        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Contains("sync", failed.Error, StringComparison.Ordinal);

        Directory.Move(_cli.PathOf("away"), _cli.PathOf("sample"));
        Assert.Equal(ControlResult.Accepted, await Runs.RewindAsync(id, "the folder is back", _limit.Token));
        var run = await UntilAsync(id, state => state.Status == RunStatus.Completed);
        var restarted = await Runs.StartAsync(run.Request, null, _limit.Token);
        await UntilAsync(restarted, state => state.HasEnded);

        Assert.NotEqual(id, restarted);
        var first = await Runs.ListAsync(new RunQuery { Top = 1 }, _limit.Token);
        var second = await Runs.ListAsync(new RunQuery { Top = 1, ContinuationToken = first.ContinuationToken }, _limit.Token);
        Assert.Equal([restarted, id], first.Runs.Concat(second.Runs).Select(listed => listed.RunId));
        Assert.Null(second.ContinuationToken);
    }

    private async Task UntilNothingIsDoneAsync()
    {
        while (_hub!.Work.Held.Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _limit.Token);
    }

    private static bool IsRunning(RunState run, string stage) =>
        run.Stages.Any(state => state.Name == stage && state.Status == StageStatus.Running);

    private RetrainingRequest Request(int epochs)
    {
        var settings = _process!.Services.GetRequiredService<RetrainingSettings>();
        var training = settings.Training with { Epochs = epochs, Patience = epochs };
        return new() { Settings = settings with { Training = training }, StartedBy = "test" };
    }

    private async Task<(string Id, bool Accepted)> TryStartAsync(RetrainingRequest request, string? id)
    {
        try
        {
            return (await Runs.StartAsync(request, id, _limit.Token), true);
        }
        catch (RunInProgressException refused)
        {
            return (refused.RunId, false);
        }
    }

    private async Task<RunState> UntilAsync(string id, Func<RunState, bool> condition)
    {
        while (true)
        {
            if (await Runs.GetAsync(id, _limit.Token) is { } run && condition(run))
                return run;
            await Task.Delay(TimeSpan.FromMilliseconds(20), _limit.Token);
        }
    }
}
