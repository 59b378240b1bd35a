using System.Security.Cryptography;
using System.Text;
using Retraining.Artifacts;
using Retraining.Source;
using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Writes the sealed rows of a sync as the Parquet files of a snapshot, a row group at a time.</summary>
/// <param name="work">Gets the files.</param>
/// <param name="folder">Ends in a slash.</param>
internal sealed class SnapshotWriter(IArtifactStore work, string folder)
{
    private const int RowsPerGroup = 1 << 16;

    /// <summary>Larger, because each group repeats the ids of the videos that occur in it.</summary>
    private const int InteractionsPerGroup = 1 << 22;

    /// <summary>SHA-256 over the tables' names and hashes.</summary>
    public static string HashOf(ArtifactRef profiles, ArtifactRef videos, ArtifactRef interactions) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            $"profiles {profiles.Sha256}\nvideos {videos.Sha256}\ninteractions {interactions.Sha256}\n")));

    public Task<ArtifactRef> WriteProfilesAsync(SnapshotRows rows, CancellationToken cancellationToken) =>
        WriteAsync(
            "profiles.parquet", SnapshotSchema.Profiles, ParquetCompression.Snappy, RowsPerGroup, rows.Profiles.Count,
            (from, to) => Profiles(rows.Profiles[from..to]), cancellationToken);

    public Task<ArtifactRef> WriteVideosAsync(SnapshotRows rows, CancellationToken cancellationToken) =>
        WriteAsync(
            "videos.parquet", SnapshotSchema.Videos, ParquetCompression.Snappy, RowsPerGroup, rows.Videos.Count,
            new VideoColumns(rows).Of, cancellationToken);

    /// <summary>Not compressed: dictionaries leave little to gain, and millions of rows are read again by many stages.</summary>
    public Task<ArtifactRef> WriteInteractionsAsync(SnapshotRows rows, CancellationToken cancellationToken) =>
        WriteAsync(
            "interactions.parquet", SnapshotSchema.Interactions, ParquetCompression.None, InteractionsPerGroup, rows.Events.Length,
            (from, to) => InteractionColumns.Of(rows, from, to), cancellationToken);

    private Task<ArtifactRef> WriteAsync(
        string name, ParquetSchema schema, ParquetCompression compression, int rowsPerGroup, int count, Func<int, int, object[]> columns,
        CancellationToken cancellationToken) =>
        work.WriteAsync(
            folder + name,
            async (stream, token) =>
            {
                var parquet = await ParquetWriter.CreateAsync(stream, schema, compression, token);
                for (var from = 0; from < count; from += rowsPerGroup)
                    await parquet.WriteRowGroupAsync(columns(from, Math.Min(count, from + rowsPerGroup)), token);
                await parquet.CompleteAsync(token);
            },
            WriteOptions.Private,
            cancellationToken);

    private static object[] Profiles(List<Profile> profiles) =>
    [
        Column(profiles, p => p.UserId),
        Column(profiles, p => p.DisplayName),
        Column(profiles, p => Milliseconds(p.CreatedAt)),
    ];

    private static TValue[] Column<TRow, TValue>(List<TRow> rows, Func<TRow, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(rows[i]);
        return column;
    }

    private static long? Milliseconds(DateTimeOffset? date) => date?.ToUnixTimeMilliseconds();
}
