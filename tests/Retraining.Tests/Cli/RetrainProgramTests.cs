using System.Text.Json;
using Retraining.Configuration;

namespace Retraining.Tests.Cli;

public sealed class RetrainProgramTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("unknown")]
    [InlineData("run", "--no-such-option")]
    [InlineData("run", "--epochs", "many")]
    [InlineData("run", "--version", "yesterday")]
    [InlineData("run", "--set", "training")]
    [InlineData("run", "--config", "no-such-file.yaml")]
    [InlineData("recommend")]
    [InlineData("recommend", "--users", "1", "-k", "0")]
    [InlineData("rollback")]
    [InlineData("rollback", "latest", "--reason", "x")]
    [InlineData("status")]
    [InlineData("status", "no-such-run")]
    [InlineData("resume")]
    [InlineData("cancel")]
    [InlineData("history", "--top", "0")]
    [InlineData("sync", "--data", "no-such-folder")]
    [InlineData("benchmark", "--train", "x.csv")]
    [InlineData("export", "--checkpoint", "no-such-run")]
    [InlineData("embed", "--checkpoint", "no-such-run")]
    [InlineData("manifest", "--version", "tomorrow")]
    [InlineData("publish", "--version", "tomorrow")]
    [InlineData("upsert", "--version", "tomorrow")]
    [InlineData("verify", "--version", "tomorrow")]
    [InlineData("verify", "--target", "moon")]
    [InlineData("activate", "20260701_000000")]
    [InlineData("versions", "--at", "whenever")]
    [InlineData("tune", "--try", "training.epochs")]
    [InlineData("tune", "--try", "gate.metric=x")]
    [InlineData("tune", "--try", "training.no_such_key=1")]
    [InlineData("tune", "--trials", "0")]
    public async Task RunAsync_WrongUsage_Ends2WithOneClearSentence(params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.NotEqual("", result.Error.Trim());
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TypoInASetting_NamesKeyValueAndNearest()
    {
        _cli.Variables["TwoTower__Trainning__Epochs"] = "3";

        var result = await _cli.RunAsync("plan");

        Assert.Equal(2, result.Code);
        Assert.Equal(
            "Trainning.Epochs: \"3\" (environment variable TwoTower__Trainning__Epochs), expected a setting that exists; did you mean training.epochs?",
            result.Error.Trim());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_DatabaseThatIsAway_Ends1AndNeverShowsThePassword(bool verbose)
    {
        _cli.Variables["DATABASE_URL"] = "postgresql://someone:s3cr3t-w0rd@127.0.0.1:1/nowhere";
        _cli.Variables["TwoTower__Serving__Kind"] = "pgvector";

        var result = await _cli.RunAsync(["versions", .. verbose ? new[] { "--verbose" } : []]);

        Assert.Equal(1, result.Code);
        Assert.Equal(verbose, result.Error.Contains("   at ", StringComparison.Ordinal));
        Assert.DoesNotContain("s3cr3t-w0rd", result.Out + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_MissingFolder_FailsAndNamesIt()
    {
        var result = await _cli.RunAsync("run", "--data", _cli.PathOf("nowhere"));

        Assert.Equal(1, result.Code);
        Assert.Contains(_cli.PathOf("nowhere"), result.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
    }

    [Fact]
    public async Task Plan_Sample_TellsStagesSettingsAndTargetAndDoesNothing()
    {
        var result = await _cli.RunAsync("plan", "--data", await _cli.SampleAsync(), "--version", "20260701_000000");

        Assert.Equal(0, result.Code);
        foreach (var stage in Stages.PlannedBy(new RetrainingSettings()))
            Assert.Contains(stage.Title, result.Out, StringComparison.Ordinal);
        Assert.Contains("training.epochs", result.Out, StringComparison.Ordinal);
        Assert.Contains($"two-tower/v3/20260701_000000/ and two-tower/v3/current/ in {_cli.PathOf("model-artifacts")}", result.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.PathOf("work")));
    }

    [Fact]
    public async Task Run_Sample_PublishesAndTheOtherCommandsSeeIt()
    {
        var sample = await _cli.SampleAsync();

        var run = await _cli.RunAsync("run", "--data", sample, "--version", "20260701_000000", "--run-id", "weekly", "--set", "gate.min_over_popularity=0", "--set", "engine.shards=2");

        Assert.Equal(0, run.Code);
        Assert.StartsWith("weekly: published, version 20260701_000000", run.Out, StringComparison.Ordinal);
        Assert.All(Stages.PlannedBy(new RetrainingSettings { Engine = new() { Shards = 2 } }), stage => Assert.Contains(stage.Name, run.Out, StringComparison.Ordinal));
        Assert.Contains("train: done in", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("verify")).Code);
        Assert.Contains("20260701_000000", (await _cli.RunAsync("versions")).Out, StringComparison.Ordinal);
        Assert.Contains("weekly", (await _cli.RunAsync("history")).Out, StringComparison.Ordinal);
        Assert.Contains("stage-completed", (await _cli.RunAsync("history", "weekly")).Out, StringComparison.Ordinal);
        Assert.Contains("recall@10", (await _cli.RunAsync("evaluate")).Out, StringComparison.Ordinal);
        var told = await _cli.RunAsync("status", "--json");
        Assert.Matches(@"Next scheduled run: retrain-\d{4}-W\d\d, ", told.Error);
        using var status = JsonDocument.Parse(told.Out);
        Assert.Equal("published", status.RootElement.GetProperty("result").GetProperty("outcome").GetString());
        using var lists = JsonDocument.Parse((await _cli.RunAsync("recommend", "--users", "2", "-k", "5", "--json")).Out);
        Assert.Equal([5, 5], lists.RootElement.EnumerateArray().Select(list => list.GetProperty("items").GetArrayLength()));
        Assert.Equal(2, (await _cli.RunAsync("resume", "weekly")).Code);
        Assert.Equal(1, (await _cli.RunAsync("run", "--data", sample, "--run-id", "weekly")).Code);
    }

    [Fact]
    public async Task Versions_DatabaseThatIsNotThere_IsSaidInASentence()
    {
        _cli.Variables["TwoTower__Serving__Kind"] = "pgvector";
        _cli.Variables["DATABASE_URL"] = "postgresql://user:secret@127.0.0.1:1/service";

        var result = await _cli.RunAsync("versions");

        Assert.Equal((1, "", "PostgreSQL: Failed to connect to 127.0.0.1:1 (--verbose tells where)"), (result.Code, result.Out, result.Error.Trim()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Status_NoRunYet_TellsTheNextOneWhereTheScheduleIsOn(bool scheduled)
    {
        _cli.Variables["TwoTower__Schedule__Enabled"] = scheduled ? "true" : "false";

        var status = await _cli.RunAsync("status");

        Assert.Equal(2, status.Code);
        Assert.Equal(scheduled, status.Error.Contains("no run yet; next scheduled run: retrain-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_GateRefuses_Ends3AndPublishesNothing()
    {
        var result = await _cli.RunAsync("run", "--data", await _cli.SampleAsync(), "--set", "gate.absolute_floor=1");

        Assert.Equal(3, result.Code);
        Assert.Contains("rejected", result.Out, StringComparison.Ordinal);
        Assert.Contains("refused", result.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
        Assert.False(Directory.Exists(_cli.PathOf("vector-index")));
    }

    [Fact]
    public async Task Run_DryRun_StopsBeforeAnythingIsPublished()
    {
        var result = await _cli.RunAsync("run", "--data", await _cli.SampleAsync(), "--dry-run", "--set", "gate.min_over_popularity=0");

        Assert.Equal(0, result.Code);
        Assert.Contains("passed", result.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
    }

    [Fact]
    public async Task Run_CtrlC_Ends130AndResumeGoesOn()
    {
        var sample = await _cli.SampleAsync();
        using var ctrlC = new CancellationTokenSource();
        _cli.Variables["TwoTower__Training__Epochs"] = "10000";
        _cli.Variables["TwoTower__Training__Patience"] = "10000";
        _cli.Variables["TwoTower__Gate__MinOverPopularity"] = "0";
        var running = _cli.RunAsync(ctrlC.Token, "run", "--data", sample, "--run-id", "weekly", "--json");
        await UntilTrainingAsync();

        await ctrlC.CancelAsync();
        var stopped = await running;

        Assert.Equal(130, stopped.Code);
        Assert.Contains("retrain resume weekly", stopped.Error, StringComparison.Ordinal);
        using var state = JsonDocument.Parse(stopped.Out);
        Assert.True(state.RootElement.GetProperty("interrupted").GetBoolean());

        var resumed = _cli.RunAsync("resume");
        await UntilTrainingAsync();
        var cancel = await _cli.RunAsync("cancel", "--reason", "enough");
        Assert.Equal(0, cancel.Code);
        Assert.Equal(130, (await resumed).Code);
        Assert.Contains("terminated", cancel.Out, StringComparison.Ordinal);
    }

    private async Task UntilTrainingAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var status = await _cli.RunAsync(limit.Token, "status", "--json");
            if (status.Code == 0)
            {
                using var state = JsonDocument.Parse(status.Out);
                if (!state.RootElement.GetProperty("interrupted").GetBoolean()
                    && state.RootElement.GetProperty("stages").EnumerateArray().Any(stage =>
                        stage.GetProperty("name").GetString() == "train" && stage.GetProperty("progress").ValueKind == JsonValueKind.Object))
                    return;
            }

            limit.Token.ThrowIfCancellationRequested();
        }
    }
}
