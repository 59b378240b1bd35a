using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Features;

/// <summary>Fits schema, normaliser and vocabularies on the training part and writes them as the files that are published.</summary>
public sealed class FitFeatures(IArtifactStore work) : IStage<FitFeatures.Input, FittedFeatures>
{
    /// <param name="EmbeddingDim">Width of the towers' output, stated in the schema.</param>
    public sealed record Input(
        Snapshot Snapshot, SplitSettings Split, FeatureSettings Features, int EmbeddingDim, string UserInputName, string ItemInputName);

    public async Task<FittedFeatures> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var data = await SnapshotReader.ReadAsync(work, input.Snapshot, cancellationToken);
        var split = TimeSplit.Of(data.Log, input.Split);
        var spec = new FeatureFitter(input.Features, data.Catalogue, data.Log, split)
            .Fit(input.EmbeddingDim, input.UserInputName, input.ItemInputName);
        return await FeatureSpecFiles.WriteAsync(spec, work, context.Folder, cancellationToken);
    }
}
