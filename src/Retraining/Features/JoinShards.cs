using Retraining.Artifacts;
using Retraining.Execution;
using TwoTower.Parquet;

namespace Retraining.Features;

/// <summary>Makes one Parquet file of the files of its parts: row groups are copied as they are, nothing is decoded.</summary>
public sealed class JoinShards(IArtifactStore work) : IStage<JoinShards.Input, ArtifactRef>
{
    /// <param name="Name">Of the file, within the run's folder.</param>
    /// <param name="Parts">In order of their rows; at least one.</param>
    public sealed record Input(string Name, IReadOnlyList<ArtifactRef> Parts);

    public Task<ArtifactRef> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        work.WriteAsync(context.Folder + input.Name, (stream, token) => JoinAsync(input.Parts, stream, token), WriteOptions.Private, cancellationToken);

    private async Task JoinAsync(IReadOnlyList<ArtifactRef> parts, Stream stream, CancellationToken cancellationToken)
    {
        ParquetWriter? joined = null;
        foreach (var part in parts)
        {
            await using var file = await work.OpenReadAsync(part.Path, cancellationToken);
            try
            {
                var reader = await ParquetReader.OpenAsync(file, cancellationToken);
                joined ??= await ParquetWriter.CreateAsync(stream, new ParquetSchema(reader.Fields), cancellationToken);
                await joined.AppendAsync(reader, cancellationToken);
            }
            catch (Exception error) when (error is InvalidDataException or ArgumentException)
            {
                throw new PermanentStageException($"{part.Path}: {error.Message}", error);
            }
        }

        await (joined ?? throw new PermanentStageException("0 parts, expected at least 1")).CompleteAsync(cancellationToken);
    }
}
