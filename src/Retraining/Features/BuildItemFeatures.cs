using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using TwoTower.Model;

namespace Retraining.Features;

/// <summary>Writes every video's features, in order of the catalogue; popularity counts the training part only.</summary>
public sealed class BuildItemFeatures(IArtifactStore work) : IStage<BuildItemFeatures.Input, FeatureTable>
{
    /// <summary>Of the whole table.</summary>
    public const string FileName = "item_features.parquet";

    /// <param name="Shard">Which part of the catalogue; null: all of it.</param>
    public sealed record Input(Snapshot Snapshot, FittedFeatures Features, SplitSettings Split, Shard? Shard = null);

    public async Task<FeatureTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var spec = await FeatureSpec.ReadAsync(work, input.Features, cancellationToken);
        var data = await SnapshotReader.ReadAsync(work, input.Snapshot, cancellationToken);
        var positives = ItemPopularity.Count(data.Log, TimeSplit.Of(data.Log, input.Split), data.Catalogue.Count);
        var vectorizer = new ItemVectorizer(spec, ItemVectorizer.NewestRelease(data.Catalogue));
        var shard = input.Shard ?? Shard.Whole;
        return await FeatureTableFile.WriteAsync(
            work, context.Folder + shard.NameOf(FileName), "item_id", vectorizer.Columns, Groups(data.Catalogue, vectorizer, positives, shard),
            cancellationToken);
    }

    private static IEnumerable<(string[] Ids, SparseRows Rows)> Groups(Catalogue catalogue, ItemVectorizer vectorizer, int[] positives, Shard shard)
    {
        var rows = new SparseRows(vectorizer.Columns);
        foreach (var (start, end) in shard.Groups(catalogue.Count))
        {
            rows.Clear();
            vectorizer.Write(catalogue, positives, start, end, rows);
            yield return (catalogue.VideoIds[start..end], rows);
        }
    }
}
