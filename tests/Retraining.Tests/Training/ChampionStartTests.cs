using System.Text.Json;
using Retraining.Source;
using Retraining.Tests.Export;
using Retraining.Training;

namespace Retraining.Tests.Training;

public sealed class ChampionStartTests
{
    private static readonly SampleSettings Sample = new() { Users = 300, Videos = 90, Decisions = 6000 };
    private static readonly TrainingSettings Settings = new()
    {
        EmbeddingDim = 16,
        HiddenDim = 24,
        Epochs = 2,
        BatchUsers = 32,
        Start = "champion",
        Threads = 1,
    };

    [Fact]
    public async Task RunAsync_UsersHaveNewLikes_StartsFromTheLiveVersion()
    {
        var run = await GrownRunAsync();
        var trained = await TrainAsync(run, Settings);
        Assert.Equal($"champion {TrainedRun.Version}", trained.Start);
        Assert.InRange(trained.BestEpoch, 1, 2);
        Assert.NotEqual((await TrainAsync(await GrownRunAsync(), Settings with { Start = "factors" })).Weights.Sha256, trained.Weights.Sha256);
    }

    [Fact]
    public async Task RunAsync_ChampionHasLearntFromTheValidationPart_StartsFromFactors()
    {
        // same data as the champion's: it would be judged by likes that it was trained on
        var run = await TrainedRun.CreateAsync(sample: Sample);
        await run.PublishAsync();
        Assert.Equal("factors", (await TrainAsync(run, Settings)).Start);
    }

    [Fact]
    public async Task RunAsync_NothingPublishedOrOtherLayers_StartsFromFactors()
    {
        Assert.Equal("factors", (await TrainAsync(await TrainedRun.CreateAsync(), Settings)).Start);
        Assert.Equal("factors", (await TrainAsync(await GrownRunAsync(), Settings with { HiddenDim = 12 })).Start);
    }

    [Fact]
    public async Task RunAsync_AnotherVersionGoesLiveWhileInterrupted_EndsInTheSameBytes()
    {
        var whole = await TrainAsync(await GrownRunAsync(), Settings);

        var run = await GrownRunAsync();
        using var stop = new CancellationTokenSource();
        var interrupted = new TrainTowers(new StoppingStore(run.Work, "training/checkpoint.bin", stop), _ => run.Published, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => interrupted.RunAsync(Input(run, Settings), run.Context, stop.Token));
        run.Published.Files.Remove("two-tower/v3/current/manifest.json");
        var resumed = await TrainAsync(run, Settings with { Threads = 2 });

        Assert.Equal(whole.Start, resumed.Start);
        Assert.Equal(whole.Weights.Sha256, resumed.Weights.Sha256);
    }

    /// <summary>A service of 300 users whose live version has seen the older half of the decisions.</summary>
    private static async Task<TrainedRun> GrownRunAsync()
    {
        var before = await TrainedRun.CreateAsync(rewrite: KeepOlderHalf, sample: Sample);
        await before.PublishAsync();
        var now = await TrainedRun.CreateAsync(sample: Sample);
        foreach (var (path, content) in before.Published.Files)
            now.Published.Files[path] = content;
        return now;
    }

    private static void KeepOlderHalf(string folder)
    {
        var path = Path.Combine(folder, "user_video_decisions.json");
        var rows = JsonSerializer.Deserialize<List<Dictionary<string, JsonElement>>>(File.ReadAllText(path))!;
        var older = rows.OrderBy(row => row["created_at"].GetDateTimeOffset()).Take(rows.Count / 2);
        File.WriteAllText(path, JsonSerializer.Serialize(older));
    }

    private static Task<TrainedModel> TrainAsync(TrainedRun run, TrainingSettings settings) =>
        new TrainTowers(run.Work, _ => run.Published, TimeProvider.System).RunAsync(Input(run, settings), run.Context, CancellationToken.None);

    private static TrainTowers.Input Input(TrainedRun run, TrainingSettings settings) => new(run.Data, settings, "recall@10", new());
}
