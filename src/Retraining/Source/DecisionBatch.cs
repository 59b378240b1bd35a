namespace Retraining.Source;

/// <summary>Rows of <c>user_video_decisions</c> that follow one another; valid until its source is asked for the next batch.</summary>
public sealed record DecisionBatch
{
    public required string Origin { get; init; }

    /// <summary>1-based position of the first row in the origin.</summary>
    public required long FirstRow { get; init; }

    public required ReadOnlyMemory<UuidDecision> Rows { get; init; }

    /// <summary>Decision types by number.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>By position in <see cref="Rows"/>: what is wrong with the rows of no type.</summary>
    public required IReadOnlyDictionary<int, RowFault> Faults { get; init; }

    /// <summary>One row as a source that reads row by row gives it.</summary>
    public SourceRow<Decision> this[int index]
    {
        get
        {
            var row = Rows.Span[index];
            return row.Type < 0 ? new(Origin, FirstRow + index, null, Faults[index]) : new(Origin, FirstRow + index, Of(row), null);
        }
    }

    private Decision Of(in UuidDecision row) => new()
    {
        UserId = row.User.ToString("D"),
        VideoId = row.Video.ToString("D"),
        DecisionType = Types[row.Type],
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.TimeMs),
    };
}
