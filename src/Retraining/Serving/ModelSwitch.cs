using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Serving;

/// <summary>Makes a version live everywhere: for the weekly run and for a rollback alike.</summary>
public sealed class ModelSwitch(OpenPublishStore openStore, OpenVectorIndex openIndex, PublishSettings publish, ServingSettings serving)
{
    /// <exception cref="PermanentStageException">The version is not published whole, or its embeddings are not loaded.</exception>
    public async Task<Activation> RunAsync(VersionChange change, CancellationToken cancellationToken)
    {
        // Looked at first: the index must not go ahead to a version whose files are not there.
        var store = openStore(publish);
        var manifest = await new ModelStore(store, publish.Prefix).ReadManifestAsync(change.Version, cancellationToken)
            ?? throw new PermanentStageException(
                $"{PublishPaths.VersionFolder(publish.Prefix, change.Version)} in {store.Location}: no manifest, expected a published version");
        change = change with { FeatureImportance = manifest.FeatureImportance };

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
