using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Features;
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
    public async Task ModelOf_NewVideosAndTags_KeepsOldRowsInTheirPlaces()
    {
        var before = await TrainedRun.CreateAsync(rewrite: KeepOlderHalf, sample: Sample);
        await before.PublishAsync();
        var now = await TrainedRun.CreateAsync(rewrite: folder => AddVideos(folder, count: 12), sample: Sample);
        var champion = await ChampionStart.ReadAsync(now.Work, "note", _ => before.Published, new(), CancellationToken.None);
        var (spec, old) = (await SpecAsync(now), await SpecAsync(before));
        var shape = before.Model.Shape with { UserInputDim = spec.UserInputDim, ItemInputDim = spec.ItemInputDim };
        var model = champion!.ModelOf(shape, spec, seed: 1)!;

        foreach (var (vocabulary, segment) in ((string, string)[])[("tag", "tag_vector"), ("video", "video_id")])
        {
            var (tokens, known) = (spec.Vocabularies[vocabulary], old.Vocabularies[vocabulary]);
            var (first, firstKnown) = (spec.ItemColumns(segment).Start.Value, old.ItemColumns(segment).Start.Value);
            string[] added = [.. tokens.Tokens.Where(token => known.IndexOf(token) < 0)];
            Assert.Contains(vocabulary == "tag" ? "a new tag" : "00000000-0000-4000-8000-000000000000", added);
            foreach (var token in tokens.Tokens)
            {
                var row = Row(model.Item.Skip, first + tokens.IndexOf(token));
                if (added.Contains(token))
                    Assert.All(row, weight => Assert.InRange(Math.Abs(weight), 1e-9f, 0.05f));
                else
                    Assert.Equal(Row(before.Model.Item.Skip, firstKnown + known.IndexOf(token)), row);
            }
        }
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

    /// <summary>Videos of a tag that was not there, each liked by ten users before all else.</summary>
    private static void AddVideos(string folder, int count)
    {
        var (videos, decisions) = (Path.Combine(folder, "videos_subset.json"), Path.Combine(folder, "user_video_decisions.json"));
        var (rows, likes) = (JsonNode.Parse(File.ReadAllText(videos))!.AsArray(), JsonNode.Parse(File.ReadAllText(decisions))!.AsArray());
        string[] users = [.. likes.Select(like => like!["user_id"]!.GetValue<string>()).Distinct()];
        for (var k = 0; k < count; k++)
        {
            var id = $"00000000-0000-4000-8000-{k:D12}";
            rows.Add(new JsonObject { ["id"] = id, ["title"] = "added", ["is_active"] = true, ["tags"] = new JsonArray("a new tag") });
            foreach (var user in users.Skip(10 * k).Take(10))
            {
                likes.Add(new JsonObject
                {
                    ["user_id"] = user,
                    ["video_id"] = id,
                    ["decision_type"] = "like",
                    ["created_at"] = "2020-01-01T00:00:00Z",
                });
            }
        }

        File.WriteAllText(videos, rows.ToJsonString());
        File.WriteAllText(decisions, likes.ToJsonString());
    }

    private static float[] Row(float[] weights, int row) => weights[(row * 16)..((row + 1) * 16)];

    private static Task<FeatureSpec> SpecAsync(TrainedRun run) =>
        FeatureSpec.ReadAsync(run.Work, run.Data.Features, CancellationToken.None);

    private static Task<TrainedModel> TrainAsync(TrainedRun run, TrainingSettings settings) =>
        new TrainTowers(run.Work, _ => run.Published, TimeProvider.System).RunAsync(Input(run, settings), run.Context, CancellationToken.None);

    private static TrainTowers.Input Input(TrainedRun run, TrainingSettings settings) => new(run.Data, settings, "recall@10", new());
}
