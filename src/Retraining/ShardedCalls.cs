using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Features;

namespace Retraining;

/// <summary>How the pipeline calls a stage on all rows of a table at once or in parts, side by side. Engines bound how many run at once.</summary>
internal static class ShardedCalls
{
    /// <summary>Rows for which another part pays: each part reads its inputs anew.</summary>
    private const int RowsPerShard = 250_000;

    /// <summary>How many parts a table of so many rows is cut into.</summary>
    public static int ShardsOf(EngineSettings engine, long rows) =>
        engine.Shards > 0 ? engine.Shards : (int)Math.Clamp((rows + RowsPerShard - 1) / RowsPerShard, 1, EngineSettings.MaxShards);

    /// <summary>As the sync counted them; snapshots of earlier builds did not count users without a profile.</summary>
    public static long UsersOf(Snapshot snapshot) => snapshot.UserCount ?? snapshot.ProfileCount;

    /// <param name="name">File of the whole table.</param>
    /// <param name="input">What the stage is told for a part.</param>
    public static async Task<TTable> CallInShardsAsync<TIn, TTable>(
        this IPipelineContext run, Stage<TIn, TTable> stage, int shards, string name, Func<Shard?, TIn> input)
        where TIn : notnull
        where TTable : IShardedTable<TTable>
    {
        if (shards == 1)
            return await run.CallAsync(stage, input(null));

        var parts = await Task.WhenAll(Enumerable.Range(0, shards).Select(index =>
            run.CallAsync(stage with { Title = $"{stage.Title}, part {index + 1} of {shards}" }, input(new Shard(index, shards)))));
        var join = Stages.JoinShards with { Title = $"{Stages.JoinShards.Title} of {name}" };
        return TTable.Join(parts, await run.CallAsync(join, new(name, [.. parts.Select(part => part.File)])));
    }
}
