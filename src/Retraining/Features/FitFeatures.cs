using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Features;

public sealed class FitFeatures : IStage<FitFeatures.Input, FittedFeatures>
{
    public sealed record Input(Snapshot Snapshot, SplitSettings Split, FeatureSettings Features);

    public Task<FittedFeatures> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
