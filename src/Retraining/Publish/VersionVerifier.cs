using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Serving;

namespace Retraining.Publish;

/// <summary>
/// Reads a published version back as its clients will: every file by hash, widths of schema, model and vectors, the golden payloads through
/// the published towers, and the index, if the version is loaded, against the published vectors.
/// </summary>
/// <param name="index">Null leaves the index out.</param>
/// <param name="minAnnRecall">Least share of the exact top 10 that the index must return.</param>
public sealed class VersionVerifier(IArtifactStore store, PublishSettings publish, IVectorIndex? index, double minAnnRecall)
{
    private const int IndexSamples = 100;
    private readonly ModelStore _models = new(store, publish.Prefix);

    /// <exception cref="PermanentStageException">The version has no manifest.</exception>
    public async Task<VerificationReport> RunAsync(string version, CancellationToken cancellationToken)
    {
        var manifest = await _models.ReadManifestAsync(version, cancellationToken)
            ?? throw new PermanentStageException($"{_models.FolderOf(version)} in {store.Location}: no manifest, expected a published version");
        var files = await PublishedFiles.FindFaultsAsync(_models, manifest, cancellationToken);
        var checks = new List<VerificationCheck> { new("files", files, $"{manifest.Files.Count} files against their hashes and sizes") };
        if (files.Count == 0)
        {
            // What the rest is read from is what the manifest says; otherwise each fault would be told several times.
            checks.AddRange(await GuardedAsync("golden", () => ModelChecksAsync(manifest, cancellationToken)));
            if (index is not null)
                checks.AddRange(await GuardedAsync("counts", () => IndexChecksAsync(manifest, cancellationToken)));
        }

        return new VerificationReport { Version = version, Checks = checks };
    }

    // What cannot be read at all is a fault of the version, not of this look at it.
    private static async Task<IReadOnlyList<VerificationCheck>> GuardedAsync(string name, Func<Task<IReadOnlyList<VerificationCheck>>> check)
    {
        try
        {
            return await check();
        }
        catch (Exception error) when (error is PermanentStageException or ArtifactNotFoundException or InvalidDataException or System.Text.Json.JsonException)
        {
            return [new VerificationCheck(name, [error.Message], "stopped")];
        }
    }

    private async Task<IReadOnlyList<VerificationCheck>> ModelChecksAsync(PublishedManifest manifest, CancellationToken cancellationToken)
    {
        using var model = await PublishedModel.OpenAsync(store, _models.FolderOf(manifest.Version), cancellationToken);
        var golden = model.Golden.Items.ToDictionary(item => item.Payload.VideoId, item => item.Embedding, StringComparer.Ordinal);
        var published = new Dictionary<string, float[]>(StringComparer.Ordinal);
        await foreach (var video in new PublishedEmbeddings(store, publish).ReadAsync(manifest.Version, EmbeddingKind.Videos, cancellationToken))
        {
            if (golden.ContainsKey(video.Id))
                published[video.Id] = video.Embedding.ToArray();
        }

        return
        [
            new("dimensions", model.FindWidthFaults(manifest), $"schema, towers and manifest, {manifest.EmbeddingDim} wide"),
            new("golden", model.FindGoldenFaults(manifest), $"{model.Golden.Users.Count} users and {golden.Count} videos through the published towers"),
            new("vectors", [.. Compare(golden, published, model.Golden.Tolerance)], $"{golden.Count} golden videos, embedded and as published"),
        ];
    }

    private async Task<IReadOnlyList<VerificationCheck>> IndexChecksAsync(PublishedManifest manifest, CancellationToken cancellationToken)
    {
        var embeddings = new PublishedEmbeddings(store, publish);
        var videos = await embeddings.CheckAsync(manifest.Version, EmbeddingKind.Videos, cancellationToken);
        var users = await embeddings.CheckAsync(manifest.Version, EmbeddingKind.Users, cancellationToken);
        var sample = await SampleAsync(embeddings, manifest.Version, Math.Max(1, videos.Rows / IndexSamples), cancellationToken);
        var loaded = await index!.InspectAsync(manifest.Version, sample.Keys, cancellationToken);
        if (loaded.Count == 0)
            return [new("counts", [], $"{videos.Rows} videos and {users.Rows} users published; not loaded in {index.Location}")];

        var stored = loaded.First(part => part.Kind == EmbeddingKind.Videos).Embeddings;
        return
        [
            new("counts", [.. loaded.SelectMany(part => CountFaults(part, part.Kind == EmbeddingKind.Videos ? videos : users))],
                $"{videos.Rows} videos and {users.Rows} users, published and in {index.Location}"),
            new("index-vectors", [.. Compare(sample, stored, Embeddings.HalfTolerance)], $"{sample.Count} videos, published and in the index"),
            new("ann-recall", [.. loaded.Where(part => part.AnnRecall < minAnnRecall).Select(part =>
                $"{part.Kind} {part.AnnRecall:F3} of the exact top 10, expected at least {minAnnRecall:F3}")],
                string.Join(", ", loaded.Select(part => $"{part.Kind} {part.AnnRecall:F3}"))),
        ];
    }

    private static IEnumerable<string> Compare(Dictionary<string, float[]> expected, IReadOnlyDictionary<string, float[]> found, double tolerance) =>
        expected.Select(video => Embeddings.Compare($"video {video.Key}", video.Value, found.GetValueOrDefault(video.Key), tolerance)).OfType<string>();

    // A user may have been embedded since, so there may be more of them.
    private static IEnumerable<string> CountFaults(IndexedEmbeddings part, EmbeddingTable published)
    {
        if (part.Kind == EmbeddingKind.Videos ? part.Rows != published.Rows : part.Rows < published.Rows)
            yield return $"{part.Rows} {part.Kind} in the index, expected {published.Rows}";
        if (part.Dim != published.Dim)
            yield return $"{part.Kind} are {part.Dim} wide in the index, expected {published.Dim}";
    }

    private static async Task<Dictionary<string, float[]>> SampleAsync(
        PublishedEmbeddings embeddings, string version, int every, CancellationToken cancellationToken)
    {
        var row = 0;
        var sample = new Dictionary<string, float[]>(StringComparer.Ordinal);
        await foreach (var video in embeddings.ReadAsync(version, EmbeddingKind.Videos, cancellationToken))
        {
            if (row++ % every == 0)
                sample[video.Id] = video.Embedding.ToArray();
        }

        return sample;
    }
}
