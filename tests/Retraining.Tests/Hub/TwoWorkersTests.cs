using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Configuration;
using Retraining.DurableTask;
using Retraining.Host.Durable;
using Retraining.Tests.Cli;
using Retraining.Tests.Durability;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Hub;

/// <summary>A whole run carried by two processes that share a hub, blobs and a database, and nothing else.</summary>
public sealed class TwoWorkersTests : IAsyncLifetime, IDisposable
{
    private const string RunId = "retrain-2026-W47", Version = "20261122_190000";
    private readonly string _suffix = Guid.NewGuid().ToString("N");
    private readonly PostgresFixture _postgres = new(), _another = new();
    private readonly CliFixture _cli = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(10));

    private BlobContainer Models => new($"models-{_suffix}");

    private BlobContainer Work => new($"work-{_suffix}");

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        await _another.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _postgres.DisposeAsync();
        await _another.DisposeAsync();
    }

    public void Dispose()
    {
        _cli.Dispose();
        _limit.Dispose();
    }

    [ServersFact]
    public async Task Run_TrainerKilledInTraining_OnlyItsStageIsDoneAgainAndTheBytesAreThoseOfTheEmbeddedEngine()
    {
        var expected = await OnTheEmbeddedEngineAsync(await VariablesAsync(_another));
        var variables = await VariablesAsync(_postgres);
        await using var hub = await TestHub.StartAsync();
        await using var clients = hub.Clients();
        var client = clients.GetRequiredService<DurableTaskClient>();
        variables[DurableServices.HubVariable] = hub.Address;

        using var others = await StartAsync(hub, variables, "transfer", "compute");
        using var trainer = await StartAsync(hub, variables, "training");
        await ScheduleAsync(client, variables);
        await UntilAsync(() => Work.HasAsync($"runs/{RunId}/training/checkpoint.bin", _limit.Token), others, trainer);
        trainer.Kill();
        using var next = await StartAsync(hub, variables, "training");
        var run = await client.WaitForInstanceCompletionAsync(RunId, getInputsAndOutputs: true, _limit.Token);

        var said = $"{run.FailureDetails?.ErrorMessage}\n{others.Text}\n{next.Text}";
        Assert.True(run.RuntimeStatus == OrchestrationRuntimeStatus.Completed, said);
        Assert.Equal(expected, await Models.HashesAsync(_limit.Token));
        const string Live = "select string_agg(version, ' ') from embedding_model_versions where is_active";
        Assert.Equal(Version, await _postgres.ScalarAsync<string>(Live));
        Assert.Equal([(2, "train"), (3, "train")], hub.Work.Given.Where(given => given.Worker > 1));
        var planned = Stages.PlannedBy(new RetrainingSettings()).Select(stage => stage.Name).Except(["train"]);
        var done = hub.Work.Given.Where(given => given.Worker == 1).Select(given => given.Activity);
        Assert.Equal(planned.Order(StringComparer.Ordinal), done.Order(StringComparer.Ordinal));
        Assert.False(Directory.Exists(_cli.PathOf("work/runs")));
    }

    private async Task<IReadOnlyList<string>> OnTheEmbeddedEngineAsync(Dictionary<string, string> variables)
    {
        using var process = RetrainProcess.Start(variables, "run", "--run-id", RunId, "--version", Version);
        Assert.True(await process.WaitAsync(_limit.Token) == 0, process.Text);
        var published = await Models.HashesAsync(_limit.Token);
        await Models.ClearAsync(_limit.Token);
        await Work.ClearAsync(_limit.Token);
        return published;
    }

    /// <summary>Returns when the hub knows the worker, so that workers have their numbers in the order of this.</summary>
    private async Task<RetrainProcess> StartAsync(TestHub hub, Dictionary<string, string> variables, params string[] work)
    {
        var known = hub.Work.Workers;
        var worker = RetrainProcess.Start(variables, ["worker", "--work", .. work]);
        await UntilAsync(() => Task.FromResult(hub.Work.Workers > known), worker);
        return worker;
    }

    private static Task<string> ScheduleAsync(DurableTaskClient client, Dictionary<string, string> variables)
    {
        var settings = SettingsResolver.Create(null, variables, []).Resolve(overrides: null);
        var startedAt = DateTimeOffset.ParseExact(Version, "yyyyMMdd_HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var run = DurableRun.Of(new RetrainingRequest { Settings = settings }, startedAt);
        return client.ScheduleNewOrchestrationInstanceAsync(DurableRun.Orchestrator, run, new StartOrchestrationOptions(RunId));
    }

    private async Task UntilAsync(Func<Task<bool>> condition, params RetrainProcess[] working)
    {
        while (!await condition())
        {
            Assert.All(working, worker => Assert.False(worker.HasExited, worker.Text));
            await Task.Delay(TimeSpan.FromMilliseconds(20), _limit.Token);
        }
    }

    private async Task<Dictionary<string, string>> VariablesAsync(PostgresFixture postgres) =>
        new(await HostVariables.InBlobsAsync(_cli, postgres, _suffix), StringComparer.Ordinal)
        {
            // Long enough to be killed in the middle.
            ["TwoTower__Training__Epochs"] = "30",
            ["TwoTower__Training__Patience"] = "30",
        };
}
