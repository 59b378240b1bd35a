using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Serving;

/// <summary>
/// Makes a published and loaded version live: the index in one transaction first, then <c>current/</c>, manifest last. A crash between the two
/// is healed by the repetition; until then the index is ahead of <c>current/</c>, whose versioned files stay readable.
/// </summary>
public sealed class ActivateVersion(OpenPublishStore openStore, OpenVectorIndex openIndex) : IStage<ActivateVersion.Input, Activation>
{
    public sealed record Input(PublishedVersion Published, ArtifactSet Artifacts, LoadedEmbeddings Videos, LoadedEmbeddings Users,
        PublishSettings Publish, ServingSettings Serving, IReadOnlyDictionary<string, double> Metrics, string StartedBy);

    public async Task<Activation> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var change = new VersionChange
        {
            Version = input.Published.Version,
            By = input.StartedBy,
            ModelPath = input.Published.Path,
            Metrics = input.Metrics,
        };
        return await new ModelSwitch(openStore, openIndex, input.Publish, input.Serving).RunAsync(change, cancellationToken);
    }
}
