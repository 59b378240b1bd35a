using Retraining.Artifacts;

namespace Retraining.Dataset;

/// <summary>Reads a snapshot's Parquet files into memory.</summary>
public static class SnapshotReader
{
    /// <exception cref="Execution.PermanentStageException">A file is not what <see cref="Snapshot"/> promises.</exception>
    public static Task<SnapshotData> ReadAsync(IArtifactStore work, Snapshot snapshot, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
