using Retraining.Artifacts;

namespace Retraining.Supabase.Source;

/// <summary>One reading of a table, whole or of its changes.</summary>
internal sealed record KeptRead
{
    public required string RunId { get; init; }

    /// <summary>Null: the whole table.</summary>
    public DateTimeOffset? ChangedSince { get; init; }

    /// <summary>The newest change that the table held when the reading began: what changes later is for the next one. Null: not known.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>Rows in order of their key, as lines of JSON.</summary>
    public IReadOnlyList<ArtifactRef> Parts { get; init; } = [];

    /// <summary>Where the next part begins.</summary>
    public RestCursor Cursor { get; init; } = RestCursor.Start;

    public long Rows { get; init; }

    /// <summary>Whether two rows had the same key: then one does not stand for the other.</summary>
    public bool HasTwins { get; init; }

    public bool IsDone { get; init; }
}
