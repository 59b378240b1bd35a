using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Publish;

/// <summary>
/// Copies a version from the run's folder into the publish store, manifest last, each file verified by its hash. Readers see nothing of it yet.
/// Repeatable: what lies there already is skipped; other content under the same version is refused.
/// </summary>
public sealed class PublishVersion(IArtifactStore work, OpenPublishStore openStore) : IStage<PublishVersion.Input, PublishedVersion>
{
    public sealed record Input(ArtifactSet Artifacts, PublishSettings Publish);

    public async Task<PublishedVersion> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var store = openStore(input.Publish);
        var artifacts = input.Artifacts;
        var folder = PublishPaths.VersionFolder(input.Publish.Prefix, artifacts.Version);
        await RefuseOtherContentAsync(store, folder, artifacts, cancellationToken);

        ArtifactRef[] inOrder = [.. artifacts.Files.OrderBy(file => file.Name, StringComparer.Ordinal), artifacts.Manifest];
        for (var i = 0; i < inOrder.Length; i++)
        {
            context.Progress.Report(new() { Message = inOrder[i].Name, Fraction = (double)i / inOrder.Length });
            await VerifiedCopy.CopyAsync(
                work, inOrder[i].Path, inOrder[i].Sha256, store, folder + inOrder[i].Name, WriteOptions.Immutable, cancellationToken);
        }

        return new PublishedVersion
        {
            Version = artifacts.Version,
            Path = folder,
            Location = $"{store.Location.TrimEnd('/')}/{folder}",
            Files = inOrder.Length,
            SizeBytes = inOrder.Sum(file => file.SizeBytes),
            ManifestSha256 = artifacts.Manifest.Sha256,
        };
    }

    // A manifest is there only when its version is whole, and a whole version never changes.
    private static async Task RefuseOtherContentAsync(IArtifactStore store, string folder, ArtifactSet artifacts, CancellationToken cancellationToken)
    {
        var found = await VerifiedCopy.HashAsync(store, folder + PublishPaths.ManifestName, cancellationToken);
        if (found is not null && found != artifacts.Manifest.Sha256)
        {
            throw new PermanentStageException(
                $"{folder} in {store.Location}: published already with manifest {found}, expected {artifacts.Manifest.Sha256}; a version never changes");
        }
    }
}
