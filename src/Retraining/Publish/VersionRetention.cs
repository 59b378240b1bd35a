using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Publish;

/// <summary>Removes versions that nobody needs any more.</summary>
public sealed class VersionRetention(IArtifactStore store, PublishSettings publish)
{
    private readonly ModelStore _models = new(store, publish.Prefix);

    /// <summary>
    /// Versions beyond the newest <see cref="PublishSettings.KeepVersions"/>, oldest first; never the live one, the one before it or the
    /// gate's reference.
    /// </summary>
    /// <param name="previous">The version that was live before, as the ledger knows it; null when there is none.</param>
    public async Task<IReadOnlyList<string>> FindRemovableAsync(string? previous, CancellationToken cancellationToken)
    {
        // Without a live version nothing is known to be unneeded: the first run is between publishing and going live.
        if (publish.KeepVersions == 0 || await _models.ReadReigningAsync(cancellationToken) is not { } live)
            return [];
        string?[] needed = [live.Version, live.PreviousVersion, live.ReferenceVersion, previous];
        var versions = await _models.ListVersionsAsync(cancellationToken);
        return [.. versions
            .Skip(publish.KeepVersions)
            .Where(version => !needed.Contains(version))
            // Newer than the live one: published and not live yet, or rolled back from on purpose.
            .Where(version => string.CompareOrdinal(version, live.Version) < 0)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Removes a version, its manifest first, so that what an interrupted removal leaves is no version.</summary>
    /// <exception cref="PermanentStageException">It is the live version.</exception>
    public async Task RemoveAsync(string version, CancellationToken cancellationToken)
    {
        if ((await _models.ReadReigningAsync(cancellationToken))?.Version == version)
            throw new PermanentStageException($"version {version} is live in {store.Location}, expected one that is not");
        var folder = _models.FolderOf(version);
        await store.DeleteAsync(folder + PublishPaths.ManifestName, cancellationToken);
        foreach (var path in await store.ListAsync(folder, cancellationToken))
            await store.DeleteAsync(path, cancellationToken);
        foreach (var (_, extension) in PublishPaths.LegacyModels)
            await store.DeleteAsync(PublishPaths.LegacyModel(version, extension), cancellationToken);
    }
}
