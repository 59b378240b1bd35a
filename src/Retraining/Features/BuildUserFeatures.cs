using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using TwoTower.Model;

namespace Retraining.Features;

/// <summary>Writes every user's features as of the snapshot, over the full history: what serving embeds. In order of the log.</summary>
public sealed class BuildUserFeatures(IArtifactStore work) : IStage<BuildUserFeatures.Input, FeatureTable>
{
    private const int BlockRows = 4096;

    public sealed record Input(Snapshot Snapshot, FittedFeatures Features);

    public async Task<FeatureTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var spec = await FeatureSpec.ReadAsync(work, input.Features, cancellationToken);
        var data = await SnapshotReader.ReadAsync(work, input.Snapshot, cancellationToken);
        var vectorizer = new HistoryVectorizer(spec, data.Catalogue, data.Log);
        return await FeatureTableFile.WriteAsync(
            work, context.Folder + "user_features.parquet", "user_id", vectorizer.Columns,
            Blocks(data.Log, vectorizer, input.Snapshot.AsOf), cancellationToken);
    }

    private static IEnumerable<(string[] Ids, SparseRows Rows)> Blocks(InteractionLog log, HistoryVectorizer vectorizer, DateTimeOffset asOf)
    {
        var rows = new SparseRows(vectorizer.Columns);
        for (var start = 0; start < log.Users; start += BlockRows)
        {
            var end = Math.Min(log.Users, start + BlockRows);
            rows.Clear();
            for (var user = start; user < end; user++)
                vectorizer.Write(user, log.Offsets[user + 1], asOf.ToUnixTimeMilliseconds(), rows);
            yield return (log.UserIds[start..end], rows);
        }
    }
}
