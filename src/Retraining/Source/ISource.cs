namespace Retraining.Source;

/// <summary>
/// The service's rows, streamed. All that one instance reads belongs to one moment; an instance serves one sync and is then disposed.
/// A row that cannot be read is handed over as a <see cref="RowFault"/>; a table that cannot be read throws.
/// </summary>
public interface ISource : IAsyncDisposable
{
    /// <summary>Where the rows come from, for people; no secrets.</summary>
    string Location { get; }

    /// <summary>What reviews the source held, once the decisions were read; null for sources without any.</summary>
    ReviewCounts? Reviews => null;

    /// <summary>What this run fetched, once the first table is read; null for sources that keep no rows from one sync to the next.</summary>
    IReadOnlyList<FetchedTable>? Fetched => null;

    /// <exception cref="Execution.PermanentStageException">The table is missing or is not what it should be.</exception>
    IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="ReadProfilesAsync"/>
    IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync(CancellationToken cancellationToken);

    /// <summary>The rows of <see cref="ReadVideosAsync"/>. A row's video is valid until the next row is asked for.</summary>
    /// <inheritdoc cref="ReadProfilesAsync"/>
    IAsyncEnumerable<SourceRow<PackedVideo>> ReadPackedVideosAsync(CancellationToken cancellationToken) =>
        PackedVideo.PackAsync(ReadVideosAsync(cancellationToken));

    /// <inheritdoc cref="ReadProfilesAsync"/>
    IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken);

    /// <summary>The rows of <see cref="ReadDecisionsAsync"/>, many at a time, where the source can do that; null where it cannot.</summary>
    /// <exception cref="Execution.PermanentStageException">The table is missing or is not what it should be.</exception>
    ValueTask<IAsyncEnumerable<DecisionBatch>?> ReadDecisionBatchesAsync(CancellationToken cancellationToken) => default;
}
