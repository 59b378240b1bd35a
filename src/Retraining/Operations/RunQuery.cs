namespace Retraining.Operations;

/// <summary>Filters of a list of runs; null or empty leaves a filter out.</summary>
public sealed record RunQuery
{
    public IReadOnlyList<RunStatus> Statuses { get; init; } = [];
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public string? IdPrefix { get; init; }

    /// <summary>Most runs on a page, 1 to 1,000.</summary>
    public int Top { get; init; } = 100;

    /// <summary>Tells of each run its request and its result, too.</summary>
    public bool WithRecords { get; init; }

    /// <summary>From <see cref="RunPage.ContinuationToken"/> of the page before.</summary>
    public string? ContinuationToken { get; init; }
}
