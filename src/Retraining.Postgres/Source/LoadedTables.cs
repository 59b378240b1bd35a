using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>What a load did.</summary>
/// <param name="Read">Rows of the source.</param>
/// <param name="Loaded">
/// Rows that are in the database now because of it. The rest is in the quarantine, or an older decision of the same user for the same video.
/// </param>
public sealed record LoadedTables(RowCounts Read, RowCounts Loaded);
