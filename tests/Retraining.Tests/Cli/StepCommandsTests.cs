using System.Text.Json;
using Retraining.Postgres.Serving;
using Retraining.Serving;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Cli;

/// <summary>The single steps, over a run that was carried to its manifest and published nothing.</summary>
public sealed class StepCommandsTests : IAsyncLifetime, IDisposable
{
    private const string Version = "20260701_000000", Other = "20260708_000000", Third = "20260715_000000";

    private readonly CliFixture _cli = new();
    private readonly PostgresFixture _postgres = new();

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        var run = await _cli.RunAsync(
            "run", "--data", await _cli.SampleAsync(), "--version", Version, "--run-id", "weekly", "--skip-export", "--set", "gate.min_over_popularity=0");
        Assert.True(run.Code == 0, run.Error + run.Out);
    }

    public Task DisposeAsync() => _postgres.DisposeAsync();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Manifest_RunThatSkippedItsExport_WritesTheWholeVersionIntoTheFolder()
    {
        var export = await _cli.RunAsync("export", "--checkpoint", "weekly", "--output-dir", _cli.PathOf("exported"), "--json");
        var embed = await _cli.RunAsync("embed", "--output-dir", _cli.PathOf("embedded"), "--json");
        var manifest = await _cli.RunAsync("manifest", "--output-dir", _cli.PathOf("artifacts"), "--version", Other);

        Assert.Equal([0, 0, 0], new[] { export.Code, embed.Code, manifest.Code });
        Assert.Contains("user_tower.onnx", FilesIn("exported"));
        Assert.Equal(["user_embeddings.parquet", "video_embeddings.parquet"], FilesIn("embedded"));
        using var written = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_cli.PathOf("artifacts"), "manifest.json")));
        Assert.Equal(Other, written.RootElement.GetProperty("version").GetString());
        Assert.Equal(
            written.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!).Append("manifest.json").Order(StringComparer.Ordinal),
            FilesIn("artifacts"));
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
    }

    [Fact]
    public async Task Publish_ModelThatTheGateRefused_Ends3UnlessAReasonIsGiven()
    {
        Assert.Equal(3, (await _cli.RunAsync("run", "--data", await _cli.SampleAsync(), "--run-id", "bad", "--set", "gate.absolute_floor=1")).Code);

        var refused = await _cli.RunAsync("publish", "--checkpoint", "bad");
        var overridden = await _cli.RunAsync("publish", "--checkpoint", "bad", "--override-reason", "there is nothing better yet");

        Assert.Equal((3, ""), (refused.Code, refused.Out));
        Assert.Contains("refused the model of bad", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, overridden.Code);
        var gate = Directory.GetFiles(_cli.PathOf("model-artifacts"), "gate.json", SearchOption.AllDirectories);
        Assert.Contains("there is nothing better yet", await File.ReadAllTextAsync(Assert.Single(gate)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tune_TwoTrials_TellsTheBestFirstAndPublishesNothing()
    {
        var result = await _cli.RunAsync("tune", "--try", "training.learning_rate=0.001", "--trials", "2", "--json");

        Assert.Equal(0, result.Code);
        using var trials = JsonDocument.Parse(result.Out);
        var metrics = trials.RootElement.EnumerateArray().Select(trial => trial.GetProperty("validation_metric").GetDouble()).ToArray();
        Assert.Equal(2, metrics.Length);
        Assert.True(metrics[0] >= metrics[1]);
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
    }

    [Fact]
    public async Task Upsert_FileIndexThatHasNoSnapshot_FailsAndSaysWhatToDo()
    {
        Assert.Equal(0, (await _cli.RunAsync("publish")).Code);

        var result = await _cli.RunAsync("upsert");

        Assert.Equal(1, result.Code);
        Assert.Contains("expected a version that is still loaded (serving.keep_generations), or a new run", result.Error, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Steps_FromPublishToRollback_LeadToWhatReadersSee()
    {
        _cli.Variables["DATABASE_URL"] = _postgres.ConnectionString;
        _cli.Variables["TwoTower__Serving__Kind"] = "pgvector";
        await DoneAsync("sync", "--data", await _cli.SampleAsync());

        Assert.Contains("would publish", await DoneAsync("publish", "--dry-run"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
        foreach (var version in new[] { Version, Other })
        {
            await DoneAsync("publish", "--version", version);
            Assert.Contains("would load 150 videos", await DoneAsync("upsert", "--version", version, "--dry-run"), StringComparison.Ordinal);
            await DoneAsync("upsert", "--version", version);
            await DoneAsync("activate", version, "--reason", "first look", "--by", "ann");
        }

        Assert.StartsWith(Other, await DoneAsync("versions", "--at", "2100-01-01"), StringComparison.Ordinal);
        Assert.Equal(1, (await _cli.RunAsync("versions", "--at", "2020-01-01")).Code);
        await DoneAsync("rollback", "--reason", "worse clicks");
        Assert.Contains("worse clicks", await DoneAsync("versions", "--at", "2100-01-01"), StringComparison.Ordinal);
        Assert.Contains($"{Version}: as published", await DoneAsync("verify"), StringComparison.Ordinal);
        Assert.Contains(Version, await DoneAsync("recommend", "--users", "1"), StringComparison.Ordinal);

        Assert.True(await _postgres.ScalarAsync<double>("select max(importance_score) from feature_importance where feature_name like 'user.%'") > 0);
        var user = await _postgres.ScalarAsync<Guid>("select user_id from user_video_decisions where decision_type = 'like' order by 1 limit 1");
        await using var index = new PgVectorIndex(_postgres.Database, new ServingSettings(), TimeProvider.System);
        var (_, payload) = await index.ReadUserAsync(user.ToString(), ["like", "swipe_like", "grid_like"], DateTimeOffset.UtcNow, CancellationToken.None);
        Assert.True(payload!.DecisionStats.LikeCount > 0);
        Assert.Equal(payload.DecisionStats.LikeCount, payload.LikedVideos!.Count);

        // Dropped from the database by a third version, so it comes back from its published files.
        await DoneAsync("publish", "--version", Third);
        await DoneAsync("activate", Third, "--reason", "another look");
        Assert.Contains("no version and no generation", await DoneAsync("versions", "prune"), StringComparison.Ordinal);
        Assert.Contains($"1 version ({Other}) and no generation", await DoneAsync("versions", "prune", "--dry-run", "--set", "publish.keep_versions=1"), StringComparison.Ordinal);
        await DoneAsync("rollback", Other, "--reason", "it was better after all");
        Assert.Contains($"{Other}: as published", await DoneAsync("verify"), StringComparison.Ordinal);
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return result.Out;
    }

    private string[] FilesIn(string folder) => [.. Directory.GetFiles(_cli.PathOf(folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
