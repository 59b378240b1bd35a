using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Serving;

/// <summary>Goes back (or forward) to a published version, loading its embeddings from its published files where the index no longer has them.</summary>
public sealed class VersionRollback(
    OpenPublishStore openStore, OpenVectorIndex openIndex, PublishSettings publish, ServingSettings serving, IReadOnlyList<string> positiveDecisions)
{
    /// <param name="by">Who; goes into the ledger.</param>
    /// <param name="reason">Why; goes into the ledger.</param>
    /// <exception cref="PermanentStageException">No reason is given, or the version is not published whole.</exception>
    public async Task<Activation> RunAsync(string version, string by, string reason, IProgress<StageProgress> progress, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw new PermanentStageException($"version {version}: no reason given, expected one for the ledger");
        var path = PublishPaths.VersionFolder(publish.Prefix, version);
        await RequireWholeAsync(version, cancellationToken);
        await using (var index = openIndex(serving))
        {
            var known = (await index.ListVersionsAsync(cancellationToken)).FirstOrDefault(known => known.Version == version);
            if (known is not { IsLoaded: true })
                await new PublishedEmbeddings(openStore(publish), publish).LoadAsync(index, version, positiveDecisions, progress, cancellationToken);
        }

        var change = new VersionChange { Version = version, By = by, Reason = reason, ModelPath = path };
        return await new ModelSwitch(openStore, openIndex, publish, serving).RunAsync(change, cancellationToken);
    }

    // The weekly run has proven it once, but that may be weeks ago.
    private async Task RequireWholeAsync(string version, CancellationToken cancellationToken)
    {
        var store = openStore(publish);
        var models = new ModelStore(store, publish.Prefix);
        var manifest = await models.ReadManifestAsync(version, cancellationToken)
            ?? throw new PermanentStageException(
                $"{models.FolderOf(version)} in {store.Location}: no manifest, expected a published version");
        if (await PublishedFiles.FindFaultsAsync(models, manifest, cancellationToken) is [_, ..] faults)
            throw new PermanentStageException($"version {version} is not as published, {string.Join("; ", faults)}");
    }
}
