using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Publish;
using TwoTower.Parquet;

namespace Retraining.Serving;

/// <summary>The embeddings of a published version, from the version's own files: how a version is loaded that the index no longer has.</summary>
public sealed class PublishedEmbeddings(IArtifactStore store, PublishSettings publish)
{
    private readonly ModelStore _models = new(store, publish.Prefix);

    /// <summary>Loads videos and users beside the live generation.</summary>
    /// <param name="positiveDecisions">Decision types that count towards popularity.</param>
    /// <exception cref="PermanentStageException">The version is not published whole, or its files are not what the manifest says.</exception>
    public async Task<IReadOnlyList<LoadedEmbeddings>> LoadAsync(
        IVectorIndex index, string version, IReadOnlyList<string> positiveDecisions, IProgress<StageProgress> progress, CancellationToken cancellationToken)
    {
        var loaded = new List<LoadedEmbeddings>();
        var pseudonymised = (await ReadManifestAsync(version, cancellationToken)).PseudonymisedUsers;
        foreach (var kind in Enum.GetValues<EmbeddingKind>())
        {
            var table = await FindAsync(version, kind, cancellationToken);
            loaded.Add(await index.LoadAsync(
                new EmbeddingLoad
                {
                    Kind = kind,
                    Version = version,
                    Dim = table.Dim,
                    Rows = table.Rows,
                    PseudonymisedUsers = pseudonymised,
                    ContentHash = table.File.Sha256,
                    ReadRows = token => EmbeddingFile.ReadAsync(store, table, kind, token),
                    PositiveDecisions = positiveDecisions,
                    Progress = progress,
                },
                cancellationToken));
        }

        return loaded;
    }

    /// <summary>Streams the rows of one of the two files.</summary>
    /// <exception cref="PermanentStageException">The file or a row of it cannot be used.</exception>
    public async IAsyncEnumerable<EmbeddingRow> ReadAsync(string version, EmbeddingKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = await FindAsync(version, kind, cancellationToken);
        await foreach (var row in EmbeddingFile.ReadAsync(store, table, kind, cancellationToken))
            yield return row;
    }

    /// <summary>Reads every row of one of the two files.</summary>
    /// <exception cref="PermanentStageException">A row cannot be loaded; the message names it.</exception>
    public async Task<EmbeddingTable> CheckAsync(string version, EmbeddingKind kind, CancellationToken cancellationToken)
    {
        var table = await FindAsync(version, kind, cancellationToken);
        var rows = 0;
        await foreach (var row in EmbeddingFile.ReadAsync(store, table, kind, cancellationToken))
        {
            if (!TensorPrimitives.IsFiniteAll<float>(row.Embedding.Span))
                throw new PermanentStageException($"{table.File.Path}, row {rows}, {row.Id}: a component is not finite, expected all to be");
            rows++;
        }

        return table;
    }

    /// <summary>One of the two files, its content proven by hash.</summary>
    /// <exception cref="PermanentStageException">The version is not published whole, or the file is not what the manifest says.</exception>
    public async Task<EmbeddingTable> FindAsync(string version, EmbeddingKind kind, CancellationToken cancellationToken)
    {
        var name = kind == EmbeddingKind.Videos ? "video_embeddings.parquet" : "user_embeddings.parquet";
        var path = _models.FolderOf(version) + name;
        var manifest = await ReadManifestAsync(version, cancellationToken);
        var file = manifest.Files.FirstOrDefault(file => file.Path == name)
            ?? throw new PermanentStageException($"{path} in {store.Location}: not in the manifest, expected it there");
        var found = await VerifiedCopy.HashAsync(store, path, cancellationToken);
        if (found != file.Sha256)
            throw new PermanentStageException($"{path} in {store.Location}: {(found is null ? "missing" : $"SHA-256 {found}")}, expected {file.Sha256}");

        await using var stream = await store.OpenReadAsync(path, cancellationToken);
        var parquet = await ParquetReader.OpenAsync(stream, cancellationToken);
        return new EmbeddingTable { File = new ArtifactRef(path, file.Sha256, file.SizeBytes), Rows = checked((int)parquet.Rows), Dim = manifest.EmbeddingDim };
    }

    private async Task<PublishedManifest> ReadManifestAsync(string version, CancellationToken cancellationToken) =>
        await _models.ReadManifestAsync(version, cancellationToken)
        ?? throw new PermanentStageException($"{_models.FolderOf(version)} in {store.Location}: no manifest, expected a published version");
}
