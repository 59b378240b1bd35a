using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Training;

namespace Retraining.Publish;

/// <summary>Writes <c>model_meta.json</c> and <c>manifest.json</c>, which closes the set: every file with hash and size.</summary>
public sealed class WriteManifest(IArtifactStore work, OpenPublishStore openPublishStore) : IStage<WriteManifest.Input, ArtifactSet>
{
    public sealed record Input(string Version, RetrainingRequest Request, TrainingData Data, TrainedModel Challenger, ExportedModel Export,
        EmbeddingTable Videos, EmbeddingTable Users, EvaluationReport Evaluation, Verdict Verdict);

    public async Task<ArtifactSet> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var spec = await FeatureSpec.ReadAsync(work, input.Data.Features, cancellationToken);
        CheckWidths(input, spec);
        var previous = await PreviousAsync(input, cancellationToken);
        var importance = await new FeatureImportance(work).MeasureAsync(input.Data, spec, input.Challenger, cancellationToken);
        var meta = ModelMeta.Create(input, spec, importance, context.StartedAt);
        var metaFile = await WriteAsync(context.Folder + "model_meta.json", meta, cancellationToken);
        ArtifactRef[] files =
        [
            .. input.Export.Files, input.Videos.File, input.Users.File, input.Evaluation.File, input.Verdict.File, input.Challenger.Log, metaFile,
            .. input.Challenger.Curves is { } curves ? [curves] : Array.Empty<ArtifactRef>(),
        ];
        Array.Sort(files, (left, right) => string.CompareOrdinal(left.Name, right.Name));
        await CheckAsync(files, cancellationToken);

        var manifest = new PublishedManifest
        {
            Version = input.Version,
            CreatedAt = context.StartedAt,
            CommitSha = input.Request.CommitSha,
            InputSchemaVersion = spec.InputSchemaVersion,
            EmbeddingDim = input.Challenger.EmbeddingDim,
            PreviousVersion = previous,
            ModelMeta = JsonSerializer.SerializeToElement(meta),
            Files = [.. files.Select(file => new PublishedFile(file.Name, file.Sha256, file.SizeBytes))],
        };
        return new ArtifactSet
        {
            Version = input.Version,
            PreviousVersion = previous,
            EmbeddingDim = input.Challenger.EmbeddingDim,
            Manifest = await WriteAsync(context.Folder + "manifest.json", manifest, cancellationToken),
            Files = files,
        };
    }

    private static void CheckWidths(Input input, FeatureSpec spec)
    {
        foreach (var (file, width) in (ReadOnlySpan<(string, int)>)
            [(input.Videos.File.Path, input.Videos.Dim), (input.Users.File.Path, input.Users.Dim), ("the model", input.Challenger.EmbeddingDim)])
        {
            if (width != spec.EmbeddingDim)
                throw new PermanentStageException($"{file}: embeddings of {width}, expected {spec.EmbeddingDim} as in {FeatureSpecFiles.SchemaName}");
        }
    }

    private Task<ArtifactRef> WriteAsync<T>(string path, T content, CancellationToken cancellationToken) => work.WriteAsync(
        path, (stream, token) => JsonSerializer.SerializeAsync(stream, content, ModelMeta.Json, token), WriteOptions.Private, cancellationToken);

    /// <summary>The version that reigns now; the one before it, should this very version reign already.</summary>
    private async Task<string?> PreviousAsync(Input input, CancellationToken cancellationToken)
    {
        var reigning = await ModelStore.Open(openPublishStore, input.Request.Settings.Publish).ReadReigningAsync(cancellationToken);
        return reigning?.Version == input.Version ? reigning.PreviousVersion : reigning?.Version;
    }

    private async Task CheckAsync(ArtifactRef[] files, CancellationToken cancellationToken)
    {
        for (var i = 0; i < files.Length; i++)
        {
            if (i > 0 && files[i].Name == files[i - 1].Name)
                throw new PermanentStageException($"{files[i - 1].Path} and {files[i].Path} would both be published as {files[i].Name}, expected one");
            await using var stream = await work.OpenReadAsync(files[i].Path, cancellationToken);
            if (stream.Length != files[i].SizeBytes)
                throw new PermanentStageException($"{files[i].Path}: {stream.Length} bytes, expected {files[i].SizeBytes} as when it was written");
        }
    }
}
