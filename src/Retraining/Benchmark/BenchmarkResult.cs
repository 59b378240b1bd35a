using System.Text.Json.Serialization;

namespace Retraining.Benchmark;

/// <summary>What a split gave.</summary>
public sealed record BenchmarkResult
{
    /// <summary>Test users with at least one target among the ranked items.</summary>
    [JsonPropertyName("users")]
    public required int Users { get; init; }

    /// <summary>Items that were ranked.</summary>
    [JsonPropertyName("items")]
    public required int Items { get; init; }

    /// <summary><c>weak</c>: the test users are in training; <c>strong</c>: they are new.</summary>
    [JsonPropertyName("generalisation")]
    public required string Generalisation { get; init; }

    [JsonPropertyName("seeds")]
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>By metric: mean over the seeds.</summary>
    [JsonPropertyName("two_tower")]
    public required IReadOnlyDictionary<string, double> TwoTower { get; init; }

    /// <summary>By metric: standard deviation over the seeds; 0 for one seed.</summary>
    [JsonPropertyName("spread")]
    public required IReadOnlyDictionary<string, double> Spread { get; init; }

    /// <summary>By metric: standard error over the test users, of the first seed.</summary>
    [JsonPropertyName("standard_error")]
    public required IReadOnlyDictionary<string, double> StandardError { get; init; }

    [JsonPropertyName("popularity")]
    public required IReadOnlyDictionary<string, double> Popularity { get; init; }

    /// <summary>By metric: lists drawn at random.</summary>
    [JsonPropertyName("random")]
    public required IReadOnlyDictionary<string, double> Random { get; init; }

    /// <summary>Best epoch by seed; 0 is the model that training started from.</summary>
    [JsonPropertyName("best_epochs")]
    public required IReadOnlyList<int> BestEpochs { get; init; }

    /// <summary>Validation metric by seed; null where there was nothing to compare.</summary>
    [JsonPropertyName("validation")]
    public required IReadOnlyList<double?> Validation { get; init; }

    /// <summary>Wall time of one training with its features and scoring, mean over the seeds.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    [JsonPropertyName("peak_memory_bytes")]
    public required long PeakMemoryBytes { get; init; }

    /// <summary>The metrics that a table shows, in order.</summary>
    [JsonIgnore]
    public static IReadOnlyList<string> Headline { get; } =
        ["recall@10", "recall@20", "recall@50", "recall@100", "ndcg@10", "ndcg@100", "precision@10", "map@10", "mrr@10", "coverage@10"];
}
