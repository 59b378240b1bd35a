using Retraining.Artifacts;
using Retraining.Configuration;
using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Publish;
using Retraining.Source;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Source;
using Retraining.Training;
using TwoTower.Model;
using TwoTower.Safetensors;

namespace Retraining.Tests.Export;

/// <summary>A small generated service up to a model of random weights, in memory: what the stages after training start from.</summary>
internal sealed class TrainedRun
{
    private readonly SyncRun _sync = new();

    public const string Version = "20260601_000000";

    public MemoryArtifactStore Work => _sync.Work;

    public MemoryArtifactStore Published { get; } = new();

    public StageContext Context => _sync.Context;

    public RetrainingSettings Settings { get; private init; } = new();

    public TrainingData Data { get; private set; } = null!;

    public TwoTowerModel Model { get; private set; } = null!;

    public TrainedModel Challenger { get; private set; } = null!;

    /// <param name="featureVersion"><c>v2</c> or <c>v3</c>.</param>
    /// <param name="rewrite">Changes the sample's files before they are read.</param>
    /// <param name="sample">Size of the service; null: a small one.</param>
    public static async Task<TrainedRun> CreateAsync(string featureVersion = "v3", Action<string>? rewrite = null, SampleSettings? sample = null)
    {
        var run = new TrainedRun
        {
            Settings = new() { Features = new() { Version = featureVersion, TextBuckets = 64 }, Training = new() { EmbeddingDim = 16, HiddenDim = 24 } },
        };
        var folder = Directory.CreateTempSubdirectory("retrain-export-").FullName;
        try
        {
            await SampleGenerator.WriteAsync(folder, sample ?? new() { Users = 60, Videos = 90, Decisions = 1200 }, default);
            rewrite?.Invoke(folder);
            await run.FitAsync(await run._sync.FromAsync(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        run.Model = TwoTowerModel.Create(
            new()
            {
                UserInputDim = run.Data.Features.UserInputDim,
                ItemInputDim = run.Data.Features.ItemInputDim,
                HiddenDim = run.Settings.Training.HiddenDim,
                EmbeddingDim = run.Settings.Training.EmbeddingDim,
            },
            seed: 7);
        run.Challenger = new TrainedModel
        {
            Weights = await run.Work.WriteAsync(
                "runs/r1/weights.safetensors",
                (stream, token) => SafetensorsWriter.WriteAsync(stream, [.. run.Model.Tensors], new Dictionary<string, string>(), token),
                WriteOptions.Private, default),
            Log = await run.TextAsync("training_log.ndjson", """{"epoch":1}"""),
            EmbeddingDim = 16,
            BestEpoch = 1,
            Epochs = 1,
            Loss = 2.5,
            Metric = "recall@10",
            ValidationMetric = 0.1,
            ExamplesPerSecond = 1,
        };
        return run;
    }

    public Task<ExportedModel> ExportAsync(double? tolerance = null) => new ExportModel(Work).RunAsync(
        new(Version, Data, Challenger, tolerance is { } given ? Settings.Export with { ParityTolerance = given } : Settings.Export), Context, default);

    public Task<EmbeddingTable> EmbedVideosAsync() => new EmbedVideos(Work).RunAsync(new(Data, Challenger), Context, default);

    public Task<EmbeddingTable> EmbedUsersAsync() => new EmbedUsers(Work).RunAsync(new(Data, Challenger), Context, default);

    /// <param name="videos">Null: the model's own.</param>
    public async Task<ArtifactSet> WriteManifestAsync(EmbeddingTable? videos = null)
    {
        var export = await ExportAsync();
        var evaluation = new EvaluationReport
        {
            ItemEmbeddings = new TwoTower.Evaluation.EmbeddingHealth { NonFinite = 0, Spread = 0.8, EffectiveDimensions = 6 },
            File = await TextAsync("evaluation.json", "{}"),
            PerUser = await TextAsync("per_user.parquet", ""),
            Challenger = new Dictionary<string, double> { ["recall@10"] = 0.25 },
            Popularity = new Dictionary<string, double> { ["recall@10"] = 0.125 },
            Users = 60,
        };
        var verdict = new Verdict { Passed = true, Rules = [], File = await TextAsync("gate.json", "{}") };
        var request = new RetrainingRequest { Settings = Settings, CommitSha = "0123abc" };
        return await new WriteManifest(Work, _ => Published).RunAsync(
            new(Version, request, Data, Challenger, export, videos ?? await EmbedVideosAsync(), await EmbedUsersAsync(), evaluation, verdict), Context, default);
    }

    /// <summary>Publishes the challenger as the live version.</summary>
    public async Task PublishAsync()
    {
        var artifacts = await WriteManifestAsync();
        foreach (var file in artifacts.Files.Append(artifacts.Manifest))
        {
            foreach (var folder in (string[])[Version, "current"])
                Published.Files[$"two-tower/v3/{folder}/{file.Name}"] = Work.Files[file.Path];
        }
    }

    private async Task FitAsync(Snapshot snapshot)
    {
        var fitted = await new FitFeatures(Work).RunAsync(
            new(snapshot, Settings.Split, Settings.Features, Settings.Training.EmbeddingDim, "user_features", "item_features"), Context, default);
        Data = new TrainingData
        {
            Snapshot = snapshot,
            Split = Settings.Split,
            Features = fitted,
            Users = await new BuildUserFeatures(Work).RunAsync(new(snapshot, fitted), Context, default),
            Items = await new BuildItemFeatures(Work).RunAsync(new(snapshot, fitted, Settings.Split), Context, default),
        };
    }

    private Task<ArtifactRef> TextAsync(string name, string text) => Work.WriteAsync(
        "runs/r1/" + name, (stream, token) => stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), token).AsTask(), WriteOptions.Private, default);
}
