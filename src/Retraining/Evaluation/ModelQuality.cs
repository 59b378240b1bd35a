using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>What one model's lists are worth.</summary>
internal sealed record ModelQuality
{
    /// <summary>Ranking and list metrics, user by user.</summary>
    public required UserMetrics PerUser { get; init; }

    /// <summary>Ranking metrics of the same lists where only cold items are to be found; NaN for users without such a target.</summary>
    public required UserMetrics ColdItems { get; init; }

    /// <summary>Metrics of all lists together, by name.</summary>
    public required IReadOnlyDictionary<string, double> Catalogue { get; init; }

    /// <summary>Mean of each metric by name.</summary>
    public SortedDictionary<string, double> Means()
    {
        var means = new SortedDictionary<string, double>(Catalogue.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var name in PerUser.Names)
            means[name] = PerUser.Mean(name);
        return means;
    }
}
