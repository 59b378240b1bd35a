using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Features;

public sealed class BuildUserFeatures : IStage<BuildUserFeatures.Input, FeatureTable>
{
    public sealed record Input(Snapshot Snapshot, FittedFeatures Features);

    public Task<FeatureTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
