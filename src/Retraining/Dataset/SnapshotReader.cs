using Retraining.Artifacts;
using Retraining.Execution;
using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Reads a snapshot's Parquet files into memory.</summary>
public static class SnapshotReader
{
    /// <exception cref="PermanentStageException">A file is not what <see cref="Snapshot"/> promises.</exception>
    public static async Task<SnapshotData> ReadAsync(IArtifactStore work, Snapshot snapshot, CancellationToken cancellationToken)
    {
        var catalogue = await OpenAsync(work, snapshot.Videos, VideoTable.ReadAsync, cancellationToken);
        var profiles = await OpenAsync(work, snapshot.Profiles, ProfileTable.ReadAsync, cancellationToken);
        var log = await OpenAsync(
            work, snapshot.Interactions, (parquet, token) => InteractionTable.ReadAsync(parquet, catalogue, profiles, token), cancellationToken);
        return new SnapshotData { Catalogue = catalogue, Log = log };
    }

    private static async Task<T> OpenAsync<T>(
        IArtifactStore work, ArtifactRef file, Func<ParquetReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var stream = await work.OpenReadAsync(file.Path, cancellationToken);
        if (stream.Length != file.SizeBytes)
            throw new PermanentStageException($"{file.Path}: {stream.Length} bytes, expected {file.SizeBytes} as when it was written");
        try
        {
            return await read(await ParquetReader.OpenAsync(stream, cancellationToken), cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new PermanentStageException($"{file.Path}: {e.Message}", e);
        }
    }
}
