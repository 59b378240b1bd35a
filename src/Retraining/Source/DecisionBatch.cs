namespace Retraining.Source;

/// <summary>
/// Rows of <c>user_video_decisions</c> that follow one another and whose ids are UUIDs, by column: no row has an object of its own. Valid until
/// its source is asked for the next batch.
/// </summary>
public sealed record DecisionBatch
{
    public required string Origin { get; init; }

    /// <summary>1-based position of the first row in the origin.</summary>
    public required long FirstRow { get; init; }

    /// <summary>[rows]: user ids.</summary>
    public required ReadOnlyMemory<Guid> Users { get; init; }

    /// <summary>[rows]: video ids.</summary>
    public required ReadOnlyMemory<Guid> Videos { get; init; }

    /// <summary>[rows]: when, unix milliseconds UTC.</summary>
    public required ReadOnlyMemory<long> TimesMs { get; init; }

    /// <summary>[rows]: position in <see cref="Types"/>; -1 for a row with a fault.</summary>
    public required ReadOnlyMemory<int> TypeNumbers { get; init; }

    /// <summary>Decision types by number.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>By row: what is wrong with those of no type.</summary>
    public required IReadOnlyDictionary<int, RowFault> Faults { get; init; }

    public int Count => Users.Length;

    /// <summary>One row as a source that reads row by row gives it.</summary>
    public SourceRow<Decision> this[int row] =>
        TypeNumbers.Span[row] < 0 ? new(Origin, FirstRow + row, null, Faults[row]) : new(Origin, FirstRow + row, Of(row), null);

    private Decision Of(int row) => new()
    {
        UserId = Users.Span[row].ToString("D"),
        VideoId = Videos.Span[row].ToString("D"),
        DecisionType = Types[TypeNumbers.Span[row]],
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(TimesMs.Span[row]),
    };
}
