using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>What a load did.</summary>
/// <param name="Read">Rows of the source.</param>
/// <param name="Loaded">
/// Rows that are in the database now because of it; the rest could not be read, had no UUID, repeated an id or named no video.
/// </param>
public sealed record LoadedTables(RowCounts Read, RowCounts Loaded);
