using Retraining.Artifacts;
using Retraining.Execution;
using TwoTower.Parquet;

namespace Retraining.Evaluation;

/// <summary>Metrics by user and model as Parquet: <c>user_id, likes, targets</c>, then <c>{model}.{metric}</c>.</summary>
internal static class PerUserFile
{
    private const int RowGroup = 65_536;

    public static Task<ArtifactRef> WriteAsync(
        IArtifactStore work, string path, HeldOutPart part, IReadOnlyList<(string Name, ModelQuality Quality)> models, CancellationToken cancellationToken)
    {
        List<ParquetField> fields =
        [
            ParquetField.Required("user_id", ParquetType.String),
            ParquetField.Required("likes", ParquetType.Int32),
            ParquetField.Required("targets", ParquetType.Int32),
        ];
        foreach (var (name, quality) in models)
            fields.AddRange(quality.PerUser.Names.Select(metric => ParquetField.Required($"{name}.{metric}", ParquetType.Double)));

        return work.WriteAsync(
            path,
            async (stream, token) =>
            {
                var writer = await ParquetWriter.CreateAsync(stream, new ParquetSchema([.. fields]), token);
                for (var first = 0; first < part.Count; first += RowGroup)
                    await writer.WriteRowGroupAsync(Columns(part, models, first, Math.Min(RowGroup, part.Count - first)), token);
                await writer.CompleteAsync(token);
            },
            WriteOptions.Private,
            cancellationToken);
    }

    private static List<object> Columns(HeldOutPart part, IReadOnlyList<(string Name, ModelQuality Quality)> models, int first, int count)
    {
        var users = Enumerable.Range(first, count);
        List<object> columns =
        [
            users.Select(user => part.Log.UserIds[part.Users[user]]).ToArray(),
            users.Select(user => part.Likes[user]).ToArray(),
            users.Select(user => part.Targets[user].Length).ToArray(),
        ];
        foreach (var (_, quality) in models)
            columns.AddRange(quality.PerUser.Names.Select(metric => quality.PerUser[metric].Slice(first, count).ToArray()));
        return columns;
    }

    /// <summary>One metric of one model; null when the file has no such column.</summary>
    /// <exception cref="PermanentStageException">The file is damaged.</exception>
    public static async Task<double[]?> ReadAsync(
        IArtifactStore work, ArtifactRef file, string model, string metric, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await work.OpenReadAsync(file.Path, cancellationToken);
            var reader = await ParquetReader.OpenAsync(stream, cancellationToken);
            return reader.Fields.Any(field => field.Name == $"{model}.{metric}")
                ? await reader.ReadColumnAsync<double>($"{model}.{metric}", cancellationToken)
                : null;
        }
        catch (InvalidDataException error)
        {
            throw new PermanentStageException($"{file.Path}: {error.Message}", error);
        }
    }
}
