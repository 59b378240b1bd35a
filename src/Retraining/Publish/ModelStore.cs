using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Publish;

/// <summary>Reads what is published: the reigning version's manifest, a version's files, the list of versions.</summary>
public sealed class ModelStore(IArtifactStore store, string prefix)
{
    private readonly string _prefix = prefix.Trim('/');

    public static ModelStore Open(OpenPublishStore open, PublishSettings settings) => new(open(settings), settings.Prefix);

    /// <summary>Folder of a version in the store, with a trailing slash.</summary>
    public string FolderOf(string version) => PublishPaths.VersionFolder(_prefix, version);

    /// <summary>Manifest of the version that is live, or null when nothing was published yet.</summary>
    public Task<PublishedManifest?> ReadReigningAsync(CancellationToken cancellationToken) =>
        ReadAsync(PublishPaths.CurrentFolder(_prefix) + PublishPaths.ManifestName, cancellationToken);

    /// <summary>Manifest of a version, or null when that version is not published (whole).</summary>
    public Task<PublishedManifest?> ReadManifestAsync(string version, CancellationToken cancellationToken) =>
        ReadAsync(FolderOf(version) + PublishPaths.ManifestName, cancellationToken);

    /// <summary>Opens a file of a version by its path in the manifest. The stream is seekable.</summary>
    /// <exception cref="ArtifactNotFoundException">There is no such file.</exception>
    public Task<Stream> OpenFileAsync(string version, string path, CancellationToken cancellationToken) =>
        store.OpenReadAsync(FolderOf(version) + path, cancellationToken);

    /// <summary>Versions that are published whole, newest first.</summary>
    public async Task<IReadOnlyList<string>> ListVersionsAsync(CancellationToken cancellationToken)
    {
        var paths = await store.ListAsync(_prefix + "/", cancellationToken);
        return [.. paths
            .Select(path => path[(_prefix.Length + 1)..].Split('/'))
            .Where(parts => parts.Length == 2 && parts[1] == PublishPaths.ManifestName && VersionName.IsValid(parts[0]))
            .Select(parts => parts[0])
            .OrderDescending(StringComparer.Ordinal)];
    }

    private async Task<PublishedManifest?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await store.OpenReadAsync(path, cancellationToken);
            var manifest = await JsonSerializer.DeserializeAsync<PublishedManifest>(stream, cancellationToken: cancellationToken)
                ?? throw new JsonException("null, expected an object");
            return manifest.Checked($"{path} in {store.Location}");
        }
        catch (ArtifactNotFoundException)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw new PermanentStageException($"{path} in {store.Location}: not a manifest, {error.Message}", error);
        }
    }
}
