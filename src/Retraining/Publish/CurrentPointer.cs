using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Publish;

/// <summary>
/// Moves <c>current/</c> and <c>models/two_tower_latest.*</c> to a published version: files first, <c>current/manifest.json</c> last. A reader
/// that starts from that manifest and loads the versioned paths which it names never sees a mix; one that loads from <c>current/</c> finds
/// out by the hashes. A move that fails puts the old files back; after a crash, the same move heals it.
/// </summary>
public sealed class CurrentPointer(IArtifactStore store, string prefix)
{
    /// <exception cref="PermanentStageException">The version is not published whole.</exception>
    public async Task MoveAsync(string version, CancellationToken cancellationToken)
    {
        var before = await new ModelStore(store, prefix).ReadReigningAsync(cancellationToken);
        try
        {
            await CopyVersionAsync(version, cancellationToken);
        }
        catch (Exception error) when (before is not null && before.Version != version)
        {
            await PutBackAsync(before.Version, error);
            throw;
        }
    }

    // Not cancelled: a cancelled move is a failed one too.
    private async Task PutBackAsync(string version, Exception cause)
    {
        try
        {
            await CopyVersionAsync(version, CancellationToken.None);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new AggregateException(
                $"{PublishPaths.CurrentFolder(prefix)} in {store.Location}: neither moved on nor back to {version}; the next run or a rollback heals it",
                cause, error);
        }
    }

    private async Task CopyVersionAsync(string version, CancellationToken cancellationToken)
    {
        var models = new ModelStore(store, prefix);
        var manifest = await models.ReadManifestAsync(version, cancellationToken)
            ?? throw new PermanentStageException($"{models.FolderOf(version)}manifest.json is not in {store.Location}, expected a published version");
        var folder = PublishPaths.VersionFolder(prefix, version);
        var current = PublishPaths.CurrentFolder(prefix);
        var manifestHash = await VerifiedCopy.HashAsync(store, folder + PublishPaths.ManifestName, cancellationToken);

        await MoveLegacyModelsAsync(manifest, folder, cancellationToken);
        foreach (var file in manifest.Files)
            await CopyAsync(folder + file.Path, file.Sha256, current + file.Path, WriteOptions.Pointer, cancellationToken);
        await CopyAsync(folder + PublishPaths.ManifestName, manifestHash!, current + PublishPaths.ManifestName, WriteOptions.Pointer, cancellationToken);
        await RemoveVanishedAsync(manifest, current, cancellationToken);
    }

    private async Task MoveLegacyModelsAsync(PublishedManifest manifest, string folder, CancellationToken cancellationToken)
    {
        foreach (var (name, extension) in PublishPaths.LegacyModels)
        {
            if (manifest.Files.FirstOrDefault(file => file.Path == name) is not { } file)
                continue;

            var versioned = PublishPaths.LegacyModel(manifest.Version, extension);
            await CopyAsync(folder + name, file.Sha256, versioned, WriteOptions.Immutable, cancellationToken);
            await CopyAsync(folder + name, file.Sha256, PublishPaths.LegacyModel("latest", extension), WriteOptions.Pointer, cancellationToken);
        }
    }

    // After the manifest: a reader of the old one may still want them until then.
    private async Task RemoveVanishedAsync(PublishedManifest manifest, string current, CancellationToken cancellationToken)
    {
        var kept = manifest.Files.Select(file => current + file.Path).Append(current + PublishPaths.ManifestName).ToHashSet(StringComparer.Ordinal);
        foreach (var path in await store.ListAsync(current, cancellationToken))
        {
            if (!kept.Contains(path))
                await store.DeleteAsync(path, cancellationToken);
        }
    }

    private Task CopyAsync(string from, string sha256, string to, WriteOptions options, CancellationToken cancellationToken) =>
        VerifiedCopy.CopyAsync(store, from, sha256, store, to, options, cancellationToken);
}
