using System.Text.Json;
using Retraining.Artifacts;

namespace Retraining.Source;

/// <summary>What a sync saw and did, for people and for the data contract.</summary>
public sealed record SyncReport
{
    public required string Source { get; init; }
    public required DateTimeOffset AsOf { get; init; }
    public required bool PseudonymisedUsers { get; init; }

    public required TableCounts Profiles { get; init; }
    public required TableCounts Videos { get; init; }
    public required TableCounts Decisions { get; init; }

    /// <summary>Kept decisions by type, in ordinal order of the type.</summary>
    public required SortedDictionary<string, long> DecisionTypes { get; init; }

    /// <summary>Kept decisions by weight (stars / 5 for reviews), rounded to 0.1.</summary>
    public required SortedDictionary<string, long> Weights { get; init; }

    public required long Positives { get; init; }
    public required DateTimeOffset FirstDecision { get; init; }
    public required DateTimeOffset LastDecision { get; init; }

    /// <summary>Users with a decision.</summary>
    public required int ActiveUsers { get; init; }

    /// <summary>Users with a decision and no profile; they are kept, without an account age.</summary>
    public required int UsersWithoutProfile { get; init; }

    public required int ProfilesWithoutDate { get; init; }

    /// <summary>Kept videos that lack a field, by field.</summary>
    public required SortedDictionary<string, long> VideosWithout { get; init; }

    /// <summary>Precomputed vectors by column; null where no video has one.</summary>
    public SortedDictionary<string, VectorCounts>? Vectors { get; init; }

    /// <summary>What the reviews held; null without any.</summary>
    public ReviewCounts? Reviews { get; init; }

    /// <summary>By table what was fetched over HTTP, whole or only what had changed; null for other sources.</summary>
    public IReadOnlyList<FetchedTable>? Fetched { get; init; }

    public required IReadOnlyList<QuarantineReason> Quarantined { get; init; }

    public static async Task<SyncReport> ReadAsync(IArtifactStore work, ArtifactRef report, CancellationToken cancellationToken)
    {
        await using var stream = await work.OpenReadAsync(report.Path, cancellationToken);
        return await JsonSerializer.DeserializeAsync<SyncReport>(stream, RowJson.Indented, cancellationToken)
            ?? throw new Execution.PermanentStageException($"{report.Path}: null, expected a sync report");
    }
}
