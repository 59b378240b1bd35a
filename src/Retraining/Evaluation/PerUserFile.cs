using Retraining.Artifacts;
using Retraining.Execution;
using TwoTower.Parquet;

namespace Retraining.Evaluation;

/// <summary>Metrics by user and model as Parquet: <c>user_id, likes, targets</c>, then <c>{model}.{metric}</c>.</summary>
internal static class PerUserFile
{
    public static Task<ArtifactRef> WriteAsync(
        IArtifactStore work, string path, HeldOutPart part, IReadOnlyList<(string Name, ModelQuality Quality)> models, CancellationToken cancellationToken)
    {
        List<ParquetField> fields =
        [
            ParquetField.Required("user_id", ParquetType.String),
            ParquetField.Required("likes", ParquetType.Int32),
            ParquetField.Required("targets", ParquetType.Int32),
        ];
        List<object> columns =
        [
            part.Users.Select(user => part.Log.UserIds[user]).ToArray(),
            part.Likes,
            Enumerable.Range(0, part.Count).Select(user => part.Targets[user].Length).ToArray(),
        ];
        foreach (var (name, quality) in models)
        {
            foreach (var metric in quality.PerUser.Names)
            {
                fields.Add(ParquetField.Required($"{name}.{metric}", ParquetType.Double));
                columns.Add(quality.PerUser[metric].ToArray());
            }
        }

        return work.WriteAsync(
            path,
            async (stream, token) =>
            {
                var writer = await ParquetWriter.CreateAsync(stream, new ParquetSchema([.. fields]), token);
                await writer.WriteRowGroupAsync(columns, token);
                await writer.CompleteAsync(token);
            },
            WriteOptions.Private,
            cancellationToken);
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
