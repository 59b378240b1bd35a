using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Features;
using Retraining.Training;

namespace Retraining.Publish;

/// <summary><c>model_meta.json</c>: what a version is, how it was made and how good it is.</summary>
internal static class ModelMeta
{
    /// <summary>How this set's JSON is written.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    private static string? ProgramVersion =>
        typeof(ModelMeta).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    /// <param name="madeAt">Start of the run: a resumed run writes the same bytes.</param>
    /// <param name="importance">Per input segment, see <see cref="FeatureImportance"/>.</param>
    public static JsonObject Create(WriteManifest.Input input, FeatureSpec spec, IReadOnlyDictionary<string, double> importance, DateTimeOffset madeAt)
    {
        var challenger = input.Challenger;
        var meta = new JsonObject
        {
            ["version"] = input.Version,
            ["exported_at"] = JsonSerializer.SerializeToNode(madeAt),
            ["trained_at"] = JsonSerializer.SerializeToNode(madeAt),
            ["embedding_dim"] = challenger.EmbeddingDim,
            ["user_feature_dim"] = spec.UserInputDim,
            ["item_feature_dim"] = spec.ItemInputDim,
            ["tag_vocab_size"] = 0,
            ["actress_vocab_size"] = 0,
        };
        foreach (var (name, vocabulary) in spec.Vocabularies.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            meta[$"{name}_vocab_size"] = vocabulary.Count;

        meta["loss"] = Number(challenger.Loss);
        meta["metrics"] = Metrics(input.Evaluation.Challenger);
        meta["popularity_metrics"] = Metrics(input.Evaluation.Popularity);
        meta["reference_version"] = input.Verdict.ReferenceVersion ?? input.Version;
        meta["feature_importance"] = Metrics(importance);
        meta["input_schema_version"] = spec.InputSchemaVersion;
        meta["feature_version"] = spec.Version;
        meta["config"] = Config(input.Request);
        meta["data_snapshot_hash"] = input.Data.Snapshot.Hash;
        meta["data"] = Data(input);
        meta["training"] = new JsonObject
        {
            ["start"] = challenger.Start,
            ["factor_regularisation"] = challenger.FactorRegularisation is { } regularisation ? Number(regularisation) : null,
            ["factor_unobserved_weight"] = challenger.FactorUnobservedWeight is { } unobserved ? Number(unobserved) : null,
            ["best_epoch"] = challenger.BestEpoch,
            ["epochs"] = challenger.Epochs,
            ["validation_metric"] = challenger.Metric,
            ["validation_value"] = challenger.ValidationMetric is { } value ? Number(value) : null,
        };
        meta["export_max_difference"] = Number(input.Export.MaxDifference);
        meta["commit"] = input.Request.CommitSha;
        meta["seed"] = input.Request.Settings.Training.Seed;
        meta["trainer"] = $"two-tower-retraining {ProgramVersion}{Torch(input.Request.Settings.Training)}";
        return meta;
    }

    private static string Torch(TrainingSettings training) => training.Trainer == "torch" ? $" on libtorch, {training.Device}" : "";

    private static JsonObject Data(WriteManifest.Input input)
    {
        var snapshot = input.Data.Snapshot;
        return new JsonObject
        {
            ["hash"] = snapshot.Hash,
            ["as_of"] = JsonSerializer.SerializeToNode(snapshot.AsOf),
            ["profiles"] = snapshot.ProfileCount,
            ["videos"] = snapshot.VideoCount,
            ["interactions"] = snapshot.InteractionCount,
            ["positives"] = snapshot.PositiveCount,
            ["users"] = input.Users.Rows,
            ["pseudonymised_users"] = snapshot.PseudonymisedUsers,
        };
    }

    /// <summary>The settings that shaped the model. Where it came from and goes to is nobody's business who reads the model.</summary>
    private static JsonObject Config(RetrainingRequest request) => new()
    {
        ["features"] = JsonSerializer.SerializeToNode(request.Settings.Features, Json),
        ["split"] = JsonSerializer.SerializeToNode(request.Settings.Split, Json),
        ["training"] = JsonSerializer.SerializeToNode(request.Settings.Training, Json),
        ["evaluation"] = JsonSerializer.SerializeToNode(request.Settings.Evaluation, Json),
        ["gate"] = JsonSerializer.SerializeToNode(request.Settings.Gate, Json),
        ["export"] = JsonSerializer.SerializeToNode(request.Settings.Export, Json),
    };

    private static JsonObject Metrics(IReadOnlyDictionary<string, double> metrics)
    {
        var json = new JsonObject();
        foreach (var (name, value) in metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
            json[name] = Number(value);
        return json;
    }

    /// <summary>JSON has no infinities and no NaN.</summary>
    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
