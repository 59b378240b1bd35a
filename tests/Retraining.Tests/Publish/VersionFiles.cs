using System.Text;
using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Publish;

/// <summary>Small versions to publish: every file holds its name and the version's letter.</summary>
internal sealed class VersionFiles
{
    public static readonly string[] Names = ["feature_schema.json", "model.safetensors", "model_meta.json", "two_tower.onnx", "user_tower.onnx"];

    public MemoryArtifactStore Work { get; } = new();

    public StageContext Context { get; } = new("r1", new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), 1, new Progress<StageProgress>());

    public PublishSettings Settings { get; } = new();

    public async Task<ArtifactSet> WriteAsync(
        string version, string letter, string? previous = null, string? reference = null, params string[] more)
    {
        var files = new List<ArtifactRef>();
        foreach (var name in Names.Concat(more))
            files.Add(await PutAsync($"runs/{version}/{name}", Encoding.UTF8.GetBytes($"{name} {letter}")));
        var manifest = new PublishedManifest
        {
            Version = version,
            CreatedAt = Context.StartedAt,
            InputSchemaVersion = 3,
            EmbeddingDim = 4,
            PreviousVersion = previous,
            ModelMeta = JsonSerializer.SerializeToElement(new { letter, reference_version = reference }),
            Files = [.. files.Select(file => new PublishedFile(file.Name, file.Sha256, file.SizeBytes))],
        };
        var manifestFile = await PutAsync($"runs/{version}/manifest.json", JsonSerializer.SerializeToUtf8Bytes(manifest));
        return new ArtifactSet { Version = version, PreviousVersion = previous, EmbeddingDim = 4, Manifest = manifestFile, Files = files };
    }

    public Task<PublishedVersion> PublishAsync(ArtifactSet artifacts, IArtifactStore store) =>
        new PublishVersion(Work, _ => store).RunAsync(new(artifacts, Settings), Context, CancellationToken.None);

    private Task<ArtifactRef> PutAsync(string path, byte[] content) =>
        Work.WriteAsync(path, (stream, token) => stream.WriteAsync(content, token).AsTask(), WriteOptions.Private, CancellationToken.None);
}
