using Retraining.Features;
using Retraining.Training;

namespace Retraining.Benchmark;

/// <summary>
/// Somebody else's split to train and score on. Interactions are CSV with <c>user_id,item_id</c> and, if there is one, <c>timestamp</c>
/// (unix seconds or milliseconds); every row is a positive.
/// </summary>
public sealed record BenchmarkRequest
{
    public required string Train { get; init; }
    public required string Test { get; init; }

    /// <summary>Early stopping looks at these; without them, at each user's newest tenth of the training rows.</summary>
    public string? Valid { get; init; }

    /// <summary>History of the test users, who then are new (strong generalisation). Without it, training and validation rows are the history.</summary>
    public string? FoldIn { get; init; }

    /// <summary>History of the validation users; needed with <see cref="Valid"/> when there is a <see cref="FoldIn"/>.</summary>
    public string? ValidFoldIn { get; init; }

    /// <summary>Videos as JSON rows; ids are the item ids of the CSV.</summary>
    public required string Videos { get; init; }

    /// <summary>Rank every video, not only those that occur in training.</summary>
    public bool AllItems { get; init; }

    /// <summary>
    /// Share of the training items that lose all their interactions; above 0, only they are ranked, and what the test users did with them is
    /// to be found: how far content alone carries.
    /// </summary>
    public double ColdShare { get; init; }

    /// <summary>One training for each; the results are averaged.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [42];

    /// <summary>What early stopping compares.</summary>
    public string Metric { get; init; } = "ndcg@100";
    public FeatureSettings Features { get; init; } = new();
    public TrainingSettings Training { get; init; } = new();
}
