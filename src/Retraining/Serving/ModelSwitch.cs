using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Serving;

/// <summary>Makes a version live everywhere: for the weekly run and for a rollback alike.</summary>
public sealed class ModelSwitch(OpenPublishStore openStore, OpenVectorIndex openIndex, PublishSettings publish, ServingSettings serving)
{
    /// <summary>Goes back (or forward) to a version that is published and still loaded.</summary>
    /// <param name="reason">Goes into the ledger.</param>
    /// <exception cref="PermanentStageException">The version is not published whole, or its embeddings are no longer loaded.</exception>
    public Task<Activation> RollBackAsync(string version, string by, string reason, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw new PermanentStageException($"version {version}: no reason given, expected one for the ledger");
        var path = PublishPaths.VersionFolder(publish.Prefix, version);
        return RunAsync(new VersionChange { Version = version, By = by, Reason = reason, ModelPath = path }, cancellationToken);
    }

    /// <inheritdoc cref="RollBackAsync"/>
    public async Task<Activation> RunAsync(VersionChange change, CancellationToken cancellationToken)
    {
        // Looked at first: the index must not go ahead to a version whose files are not there.
        var store = openStore(publish);
        if (await new ModelStore(store, publish.Prefix).ReadManifestAsync(change.Version, cancellationToken) is null)
        {
            throw new PermanentStageException(
                $"{PublishPaths.VersionFolder(publish.Prefix, change.Version)} in {store.Location}: no manifest, expected a published version");
        }

        await using var index = openIndex(serving);
        var activation = await index.ActivateAsync(change, cancellationToken);
        try
        {
            await new CurrentPointer(store, publish.Prefix).MoveAsync(change.Version, cancellationToken);
        }
        catch (Exception error) when (activation.PreviousVersion is not null)
        {
            await GoBackAsync(index, change, activation.PreviousVersion, error);
            throw;
        }

        return activation;
    }

    // Index and current/ name the same version, before and after. Not cancelled: a cancelled switch is a failed one too.
    private Task<Activation> GoBackAsync(IVectorIndex index, VersionChange change, string previous, Exception cause) => index.ActivateAsync(
        new VersionChange
        {
            Version = previous,
            By = change.By,
            Reason = $"{PublishPaths.CurrentFolder(publish.Prefix)} could not be moved to {change.Version}: {cause.Message}",
            ModelPath = PublishPaths.VersionFolder(publish.Prefix, previous),
        },
        CancellationToken.None);
}
