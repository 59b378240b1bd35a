using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Serving;

/// <summary>
/// Reads a published and loaded version back and makes it live if it is as it should be: the index in one transaction first, then <c>current/</c>, manifest last. A crash between the two
/// is healed by the repetition; until then the index is ahead of <c>current/</c>, whose versioned files stay readable.
/// </summary>
public sealed class ActivateVersion(OpenPublishStore openStore, OpenVectorIndex openIndex) : IStage<ActivateVersion.Input, Activation>
{
    public sealed record Input(PublishedVersion Published, ArtifactSet Artifacts, LoadedEmbeddings Videos, LoadedEmbeddings Users,
        PublishSettings Publish, ServingSettings Serving, IReadOnlyDictionary<string, double> Metrics, string StartedBy);

    public async Task<Activation> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var store = openStore(input.Publish);
        await using (var index = openIndex(input.Serving))
        {
            context.Progress.Report(new() { Message = "reading the published version back" });
            var verifier = new VersionVerifier(store, input.Publish, index, input.Serving.MinAnnRecall);
            var report = await verifier.RunAsync(input.Published.Version, cancellationToken);
            if (!report.Passed)
                throw new PermanentStageException($"version {report.Version} is not as published, {string.Join("; ", report.Faults)}");
        }

        var change = new VersionChange
        {
            Version = input.Published.Version,
            By = input.StartedBy,
            ModelPath = input.Published.Path,
            Metrics = input.Metrics,
        };
        var activation = await new ModelSwitch(openStore, openIndex, input.Publish, input.Serving).RunAsync(change, cancellationToken);
        await PruneAsync(new VersionRetention(store, input.Publish), activation, context, cancellationToken);
        return activation;
    }

    // The version is live whatever comes of this, and the next run tries again.
    private static async Task PruneAsync(VersionRetention retention, Activation activation, StageContext context, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var version in await retention.FindRemovableAsync(activation.PreviousVersion, cancellationToken))
                await retention.RemoveAsync(version, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            context.Progress.Report(new() { Message = $"older versions are still there: {error.Message}" });
        }
    }
}
