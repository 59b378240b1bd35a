using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Features;

/// <summary>Writes every video's features, in order of the catalogue; popularity counts the training part only.</summary>
public sealed class BuildItemFeatures(IArtifactStore work) : IStage<BuildItemFeatures.Input, FeatureTable>
{
    public sealed record Input(Snapshot Snapshot, FittedFeatures Features, SplitSettings Split);

    public async Task<FeatureTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var spec = await FeatureSpec.ReadAsync(work, input.Features, cancellationToken);
        var data = await SnapshotReader.ReadAsync(work, input.Snapshot, cancellationToken);
        var positives = ItemPopularity.Count(data.Log, TimeSplit.Of(data.Log, input.Split), data.Catalogue.Count);
        var rows = new ItemVectorizer(spec, ItemVectorizer.NewestRelease(data.Catalogue)).WriteAll(data.Catalogue, positives, cancellationToken);
        return await FeatureTableFile.WriteAsync(
            work, context.Folder + "item_features.parquet", "item_id", rows.Columns, [(data.Catalogue.VideoIds, rows)], cancellationToken);
    }
}
