using Retraining.Execution;

namespace Retraining.Publish;

public sealed class PublishVersion : IStage<PublishVersion.Input, PublishedVersion>
{
    public sealed record Input(ArtifactSet Artifacts, PublishSettings Publish);

    public Task<PublishedVersion> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
