using Retraining.Artifacts;
using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Holds the columns of a snapshot's files against what every later stage reads.</summary>
internal static class SnapshotColumns
{
    public static async Task<List<ContractRule>> CheckAsync(IArtifactStore work, Snapshot snapshot, CancellationToken cancellationToken) =>
    [
        await CheckAsync(work, snapshot.Profiles, SnapshotSchema.Profiles, snapshot.ProfileCount, cancellationToken),
        await CheckAsync(work, snapshot.Videos, SnapshotSchema.Videos, snapshot.VideoCount, cancellationToken),
        await CheckAsync(work, snapshot.Interactions, SnapshotSchema.Interactions, snapshot.InteractionCount, cancellationToken),
    ];

    private static async Task<ContractRule> CheckAsync(
        IArtifactStore work, ArtifactRef file, ParquetSchema schema, long rows, CancellationToken cancellationToken)
    {
        var expected = $"{rows} rows of {string.Join(", ", schema.Fields)}";
        try
        {
            await using var stream = await work.OpenReadAsync(file.Path, cancellationToken);
            var parquet = await ParquetReader.OpenAsync(stream, cancellationToken);
            var wrong = schema.Fields.Where(field => !parquet.Fields.Contains(field)).Select(field => field.Name).ToArray();
            var found = $"{parquet.Rows} rows, {(wrong.Length == 0 ? "every column" : $"other or no columns {string.Join(", ", wrong)}")}";
            return new ContractRule($"columns of {file.Name}", found, expected, wrong.Length == 0 && parquet.Rows == rows);
        }
        catch (InvalidDataException e)
        {
            return new ContractRule($"columns of {file.Name}", e.Message, expected, false);
        }
    }
}
