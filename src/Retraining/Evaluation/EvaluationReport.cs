using Retraining.Artifacts;
using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>Quality of the challenger on the hold-out, beside the champion and the baselines.</summary>
public sealed record EvaluationReport
{
    /// <summary><c>evaluation.json</c>: every metric with its interval, per segment.</summary>
    public required ArtifactRef File { get; init; }

    /// <summary>Per-user values that the gate resamples, Parquet.</summary>
    public required ArtifactRef PerUser { get; init; }

    /// <summary>Headline metrics of the challenger by name, <c>recall@10</c> and so on, in [0, 1].</summary>
    public required IReadOnlyDictionary<string, double> Challenger { get; init; }
    public required IReadOnlyDictionary<string, double> Popularity { get; init; }

    /// <summary>Null on the first run.</summary>
    public IReadOnlyDictionary<string, double>? Champion { get; init; }
    public string? ChampionVersion { get; init; }

    /// <summary>Version that the challenger is held against beside the champion; null where the champion is the reference itself.</summary>
    public string? ReferenceVersion { get; init; }

    /// <summary>Whether the challenger's item embeddings still tell items apart.</summary>
    public required EmbeddingHealth ItemEmbeddings { get; init; }

    /// <summary>Users with at least one held-out positive.</summary>
    public required int Users { get; init; }
}
