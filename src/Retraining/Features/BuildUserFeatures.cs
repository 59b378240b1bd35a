using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using TwoTower.Model;

namespace Retraining.Features;

/// <summary>Writes every user's features as of the snapshot, over the full history: what serving embeds. In order of the log.</summary>
public sealed class BuildUserFeatures(IArtifactStore work) : IStage<BuildUserFeatures.Input, FeatureTable>
{
    /// <summary>Of the whole table.</summary>
    public const string FileName = "user_features.parquet";

    /// <param name="Shard">Which part of the users; null: all of them.</param>
    public sealed record Input(Snapshot Snapshot, FittedFeatures Features, Shard? Shard = null);

    public async Task<FeatureTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var spec = await FeatureSpec.ReadAsync(work, input.Features, cancellationToken);
        var data = await SnapshotReader.ReadAsync(work, input.Snapshot, cancellationToken);
        var vectorizer = new HistoryVectorizer(spec, data.Catalogue, data.Log);
        var shard = input.Shard ?? Shard.Whole;
        return await FeatureTableFile.WriteAsync(
            work, context.Folder + shard.NameOf(FileName), "user_id", vectorizer.Columns,
            Groups(data.Log, vectorizer, input.Snapshot.AsOf, shard), cancellationToken);
    }

    private static IEnumerable<(string[] Ids, SparseRows Rows)> Groups(
        InteractionLog log, HistoryVectorizer vectorizer, DateTimeOffset asOf, Shard shard)
    {
        var now = asOf.ToUnixTimeMilliseconds();
        var groups = shard.Groups(log.Users);
        return groups
            .Select(group => log.UserIds[group.Start..group.End])
            .Zip(vectorizer.Blocks(groups, user => new(user, log.Offsets[user + 1], now)));
    }
}
