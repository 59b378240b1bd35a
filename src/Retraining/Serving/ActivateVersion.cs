using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Serving;

public sealed class ActivateVersion : IStage<ActivateVersion.Input, Activation>
{
    public sealed record Input(PublishedVersion Published, ArtifactSet Artifacts, LoadedEmbeddings Videos, LoadedEmbeddings Users,
        PublishSettings Publish, ServingSettings Serving, string StartedBy);

    public Task<Activation> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
