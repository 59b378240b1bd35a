using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Evaluation;
using Retraining.Export;
using Retraining.Tests.Export;
using Retraining.Training;
using TwoTower.Evaluation;

namespace Retraining.Tests.Evaluation;

public sealed class EvaluateModelTests
{
    private static readonly TrainingSettings Training = new() { EmbeddingDim = 16, HiddenDim = 24, Epochs = 2, BatchUsers = 32, Threads = 1 };
    private static readonly EvaluationSettings Settings = new() { Ks = [10, 20], Resamples = 200 };
    private static readonly GateSettings Lenient = new() { AbsoluteFloor = 0, MinOverPopularity = 0 };

    [Fact]
    public async Task RunAsync_FirstRun_ComparesWithPopularityAndChance()
    {
        var run = await TrainedRun.CreateAsync();
        var report = await EvaluateAsync(run, run.Challenger);

        Assert.Null(report.Champion);
        Assert.True(report.Users > 10);
        using var file = JsonDocument.Parse(run.Work.Text(report.File.Path));
        var models = file.RootElement.GetProperty("models");
        Assert.Equal(["challenger", "popularity", "random"], models.EnumerateObject().Select(model => model.Name));
        var recall = models.GetProperty("challenger").GetProperty("metrics").GetProperty("recall@10");
        Assert.Equal(report.Challenger["recall@10"], recall.GetProperty("mean").GetDouble(), 12);
        Assert.InRange(recall.GetProperty("mean").GetDouble(), recall.GetProperty("low").GetDouble(), recall.GetProperty("high").GetDouble());
        Assert.True(file.RootElement.GetProperty("differences").GetProperty("popularity").GetProperty("metrics").TryGetProperty("ndcg@20", out _));
    }

    [Fact]
    public async Task RunAsync_PublishedChampionOfTheSameWeights_ScoresTheSame()
    {
        var run = await TrainedRun.CreateAsync();
        await run.PublishAsync();

        var report = await EvaluateAsync(run, run.Challenger);

        Assert.Equal(TrainedRun.Version, report.ChampionVersion);
        foreach (var (metric, value) in report.Challenger)
            Assert.Equal(value, report.Champion![metric], 3);
        var verdict = await JudgeAsync(run, report, Lenient, reason: null);
        var rule = Assert.Single(verdict.Rules, rule => rule.Name == "not-worse-than-champion");
        Assert.True(rule.Passed, rule.Explanation);
        Assert.Equal(["recall@10", "precision@10", "map@10", "ndcg@10", "mrr@10"], verdict.Findings.Where(found => found.Segment == "all").Select(found => found.Metric));
        Assert.Contains(verdict.Findings, found => found is { Segment: "new_users", Metric: "recall@10", Finding: "unclear" });
        var inSegment = Assert.Single(verdict.Rules, rule => rule.Name == "not-worse-than-champion-in-new-users");
        Assert.True(inSegment is { Passed: true, Low: <= 0, High: >= 0, Threshold: -0.1 }, inSegment.Explanation);
        using var gate = JsonDocument.Parse(run.Work.Text(verdict.File.Path));
        Assert.Equal(verdict.Findings.Count, gate.RootElement.GetProperty("beside_champion").GetArrayLength());
    }

    [Fact]
    public async Task RunAsync_ChampionWithAReference_HoldsTheChallengerAgainstBothAndKeepsTheReference()
    {
        const string Later = "20260608_000000";
        var run = await TrainedRun.CreateAsync();
        await run.PublishAsync();
        PublishAgain(run, Later, reference: TrainedRun.Version);

        var report = await EvaluateAsync(run, run.Challenger);
        Assert.Equal((Later, TrainedRun.Version), (report.ChampionVersion, report.ReferenceVersion));
        var verdict = await JudgeAsync(run, report, Lenient, reason: null);
        var rule = Assert.Single(verdict.Rules, found => found.Name == "not-worse-than-reference");
        Assert.Contains(TrainedRun.Version, rule.Explanation, StringComparison.Ordinal);
        Assert.Equal(TrainedRun.Version, verdict.ReferenceVersion); // the same weights are no better

        var overridden = await JudgeAsync(run, report, Lenient with { MinOverPopularity = 100 }, "we know");
        Assert.True(overridden.Publishes);
        Assert.Null(overridden.ReferenceVersion); // a person's word is a new start

        // where the reference is gone, the champion takes its place
        run.Published.Files.Remove($"two-tower/v3/{TrainedRun.Version}/manifest.json");
        report = await EvaluateAsync(run, run.Challenger);
        Assert.Null(report.ReferenceVersion);
        verdict = await JudgeAsync(run, report, Lenient, reason: null);
        Assert.DoesNotContain(verdict.Rules, found => found.Name == "not-worse-than-reference");
        Assert.Equal(Later, verdict.ReferenceVersion);
    }

    [Fact]
    public async Task RunAsync_ShownBetterThanTheReference_BecomesTheReference()
    {
        var run = await TrainedRun.CreateAsync();
        await run.PublishAsync(); // untrained weights
        var trained = await new TrainTowers(run.Work, _ => run.Published, TimeProvider.System).RunAsync(
            new(run.Data, Training, "recall@10", new()), run.Context, CancellationToken.None);
        var verdict = await JudgeAsync(run, await EvaluateAsync(run, trained), Lenient, reason: null, trained);
        Assert.True(Assert.Single(verdict.Rules, rule => rule.Name == "not-worse-than-champion").Low > 0);
        Assert.Null(verdict.ReferenceVersion);
    }

    [Fact]
    public async Task RunAsync_SameInputTwice_WritesTheSameBytes()
    {
        var run = await TrainedRun.CreateAsync();
        var (first, second) = (await EvaluateAsync(run, run.Challenger), await EvaluateAsync(run, run.Challenger));
        Assert.Equal(first.File, second.File);
        Assert.Equal(first.PerUser, second.PerUser);
    }

    [Fact]
    public async Task RunAsync_ShuffledLabels_ScoresLikeChanceAndTrueOnesDoNot()
    {
        // every decision's video is exchanged for one drawn at random: nothing is left to learn, and nothing may leak in
        var (shuffled, trained) = await TrainedAsync(ShuffleVideos);
        var (low, high) = await BesideChanceAsync(shuffled, trained);
        Assert.InRange(0, low, high);

        var (trueRun, trueTrained) = await TrainedAsync(rewrite: null);
        var (trueLow, _) = await BesideChanceAsync(trueRun, trueTrained);
        Assert.True(trueLow > 0.05, $"with true labels at least {trueLow} above chance, expected clearly more");
    }

    [Fact]
    public async Task Evaluate_FeaturesThatSeeTheTargets_AreFarAboveChanceOnShuffledLabels()
    {
        // a planted leak: histories that end after the hold-out. On labels without any sense, only the leak can lift the score
        var (run, trained) = await TrainedAsync(ShuffleVideos);
        var set = await TrainingSet.ReadAsync(run.Work, run.Data, CancellationToken.None);
        var model = await TrainedWeights.ReadAsync(run.Work, trained.Weights, CancellationToken.None);
        bool[] candidates = [.. Enumerable.Repeat(true, set.Catalogue.Count)];
        var honest = HeldOutPart.HoldOut(set.Log, set.Split, candidates);
        var leaking = honest with { HistoryEnd = [.. honest.Users.Select(user => set.Log.Offsets[user + 1])] };

        Assert.True(Interval(honest).Low <= 0);
        Assert.True(Interval(leaking).Low > 0.1, $"{Interval(leaking)}");

        ConfidenceInterval Interval(HeldOutPart part)
        {
            var evaluator = new ModelEvaluator(Settings, part, candidates, set.Popularity, ItemAttributes.Of(set.Catalogue));
            var users = part.Embed(set.Spec, set.Catalogue, rows => model.User.Embed(rows, 1, CancellationToken.None));
            var items = model.Item.Embed(set.Items, 1, CancellationToken.None);
            var found = evaluator.Evaluate(new EmbeddingScorer(users, items, model.Shape.EmbeddingDim), CancellationToken.None).PerUser;
            var random = new RandomScorer(part.Count, set.Catalogue.Count, Settings.Seed);
            var chance = evaluator.Evaluate(random, CancellationToken.None).PerUser;
            return Assert.Single(new UserBootstrap().Intervals([new(found, "recall@20", chance)], CancellationToken.None));
        }
    }

    [Fact]
    public async Task RunAsync_FutureChanged_TrainsTheSameModel()
    {
        // the hold-out's likes are exchanged for others: what is trained must not notice
        var run = await TrainedRun.CreateAsync();
        var data = await Retraining.Dataset.SnapshotReader.ReadAsync(run.Work, run.Data.Snapshot, CancellationToken.None);
        var before = await WeightsWithFutureAsync(run, data, item => item);
        var after = await WeightsWithFutureAsync(run, data, item => (item + 37) % data.Catalogue.Count);
        Assert.Equal(before, after);

        // and what it may learn from, it notices
        Assert.NotEqual(before, await WeightsWithFutureAsync(run, data, item => (item + 37) % data.Catalogue.Count, changesTraining: true));
    }

    private static async Task<float[]> WeightsWithFutureAsync(TrainedRun run, Retraining.Dataset.SnapshotData data, Func<int, int> change, bool changesTraining = false)
    {
        var split = Retraining.Dataset.TimeSplit.Of(data.Log, run.Data.Split);
        var item = data.Log.Item.ToArray();
        for (var user = 0; user < data.Log.Users; user++)
        {
            for (var e = changesTraining ? data.Log.Offsets[user] : split.HoldOutStart[user]; e < data.Log.Offsets[user + 1]; e++)
                item[e] = change(item[e]);
        }

        var log = new Retraining.Dataset.InteractionLog
        {
            UserIds = data.Log.UserIds,
            ProfileCreatedAt = data.Log.ProfileCreatedAt,
            Offsets = data.Log.Offsets,
            Item = item,
            Time = data.Log.Time,
            Positive = data.Log.Positive,
            Weight = data.Log.Weight,
        };
        var changed = Retraining.Dataset.TimeSplit.Of(log, run.Data.Split);
        var spec = new Retraining.Features.FeatureFitter(run.Settings.Features, data.Catalogue, log, changed).Fit(16, "user_features", "item_features");
        var set = TrainingSet.Build(data.Catalogue, log, changed, spec, CancellationToken.None);
        bool[] candidates = [.. Enumerable.Repeat(true, data.Catalogue.Count)];
        var stopping = HeldOutPart.Validation(log, changed, candidates, 1000);
        var fit = new TowerFit(set, Training, stopping, candidates, "recall@10", TimeProvider.System);
        var found = await fit.SearchAsync(new FitHooks(), CancellationToken.None);
        var result = await fit.RefitAsync(set.With(log, changed.WithValidationInTraining()), found, new FitHooks(), CancellationToken.None);
        return [.. result.Model.Tensors.SelectMany(tensor => tensor.Values)];
    }

    private static async Task<(TrainedRun Run, TrainedModel Trained)> TrainedAsync(Action<string>? rewrite)
    {
        var run = await TrainedRun.CreateAsync(rewrite: rewrite);
        return (run, await new TrainTowers(run.Work, _ => run.Published, TimeProvider.System).RunAsync(
            new(run.Data, Training, "recall@10", new()), run.Context, CancellationToken.None));
    }

    /// <summary>Interval of the trained model's recall@20 minus that of random lists.</summary>
    private static async Task<(double Low, double High)> BesideChanceAsync(TrainedRun run, TrainedModel trained)
    {
        var report = await EvaluateAsync(run, trained);
        using var file = JsonDocument.Parse(run.Work.Text(report.File.Path));
        var difference = file.RootElement.GetProperty("differences").GetProperty("random").GetProperty("metrics").GetProperty("recall@20");
        return (difference.GetProperty("low").GetDouble(), difference.GetProperty("high").GetDouble());
    }

    private static void ShuffleVideos(string folder)
    {
        var path = Path.Combine(folder, "user_video_decisions.json");
        var rows = JsonSerializer.Deserialize<List<Dictionary<string, JsonElement>>>(File.ReadAllText(path))!;
        var random = new Random(5);
        var videos = rows.Select(row => row["video_id"]).DistinctBy(id => id.GetString()).ToArray();
        foreach (var row in rows)
            row["video_id"] = videos[random.Next(videos.Length)];
        File.WriteAllText(path, JsonSerializer.Serialize(rows));
    }

    /// <summary>The live version once more under another name, which becomes the live one.</summary>
    private static void PublishAgain(TrainedRun run, string version, string reference)
    {
        var files = run.Published.Files.Where(file => file.Key.Contains(TrainedRun.Version, StringComparison.Ordinal)).ToList();
        foreach (var (path, content) in files)
            run.Published.Files[path.Replace(TrainedRun.Version, version, StringComparison.Ordinal)] = content;
        var manifest = JsonNode.Parse(run.Published.Files["two-tower/v3/current/manifest.json"])!;
        manifest["version"] = version;
        manifest["model_meta"]!["reference_version"] = reference;
        foreach (var folder in (string[])[version, "current"])
            run.Published.Files[$"two-tower/v3/{folder}/manifest.json"] = System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }

    private static Task<Verdict> JudgeAsync(
        TrainedRun run, EvaluationReport report, GateSettings gate, string? reason, TrainedModel? challenger = null) =>
        new JudgeQuality(run.Work).RunAsync(new(report, challenger ?? run.Challenger, gate, reason), run.Context, CancellationToken.None);

    private static Task<EvaluationReport> EvaluateAsync(TrainedRun run, TrainedModel challenger) =>
        new EvaluateModel(run.Work, _ => run.Published).RunAsync(new(run.Data, challenger, Settings, new()), run.Context, CancellationToken.None);
}
