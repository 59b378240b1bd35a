using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Tests.Export;

namespace Retraining.Tests.Features;

public sealed class ShardTests
{
    // Five row groups, the last one not full.
    private const int Rows = (4 * Shard.GroupRows) + 700;

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(5_000, 7)]
    [InlineData(Shard.GroupRows, 2)]
    [InlineData(1_000_000, 64)]
    [InlineData(int.MaxValue, 64)]
    public void Of_AllParts_CoverEveryRowOnceAndBeginWithARowGroup(int rows, int count)
    {
        var next = 0;
        for (var index = 0; index < count; index++)
        {
            var (start, end) = new Shard(index, count).Of(rows);
            Assert.Equal(next, start);
            Assert.True(end == rows || end % Shard.GroupRows == 0, $"part {index} ends at {end}");
            next = end;
        }

        Assert.Equal(rows, next);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 250_000, 1)]
    [InlineData(0, 250_001, 2)]
    [InlineData(0, long.MaxValue / 2, EngineSettings.MaxShards)]
    [InlineData(7, 10, 7)]
    public void ShardsOf_Rows_AreOneForEachQuarterMillionUnlessSet(int setting, long rows, int expected) =>
        Assert.Equal(expected, ShardedCalls.ShardsOf(new EngineSettings { Shards = setting }, rows));

    [Fact]
    public async Task CallInShards_AnyNumber_GivesTheSameBytes()
    {
        var run = await TrainedRun.CreateAsync(sample: new() { Users = Rows, Videos = Rows, Decisions = 20_000 });
        var whole = await TablesAsync(run, 1);
        foreach (var shards in new[] { 2, 3, 5, 7, 64 })
        {
            var tables = await TablesAsync(run, shards);
            Assert.Equal(whole, tables);
        }
    }

    [Fact]
    public async Task CallInShards_SeveralParts_AreNamedAndJoinedLast()
    {
        var run = await TrainedRun.CreateAsync();
        var direct = Direct(run);
        await UsersAsync(direct, run, 2);
        Assert.Equal(["Build user features, part 1 of 2", "Build user features, part 2 of 2", "Join the parts of user_features.parquet"], direct.Calls);
    }

    [Fact]
    public async Task JoinShards_PartThatIsNoParquet_IsNamed()
    {
        var run = await TrainedRun.CreateAsync();
        var join = new JoinShards(run.Work);
        var error = await Assert.ThrowsAsync<PermanentStageException>(() =>
            join.RunAsync(new("joined.parquet", [run.Data.Users.File, run.Data.Features.Schema]), run.Context, default));
        Assert.StartsWith(run.Data.Features.Schema.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JoinShards_PartsOfOtherColumns_AreRefused()
    {
        var run = await TrainedRun.CreateAsync();
        var join = new JoinShards(run.Work);
        var error = await Assert.ThrowsAsync<PermanentStageException>(() =>
            join.RunAsync(new("joined.parquet", [run.Data.Users.File, run.Data.Items.File]), run.Context, default));
        Assert.Contains("item_id", error.Message, StringComparison.Ordinal);
    }

    /// <summary>All four tables, built in so many parts, with path, hash and counts of their files.</summary>
    private static async Task<object[]> TablesAsync(TrainedRun run, int shards)
    {
        var direct = Direct(run);
        var users = await UsersAsync(direct, run, shards);
        var items = await direct.CallInShardsAsync(Stages.BuildItemFeatures, shards, BuildItemFeatures.FileName,
            shard => new(run.Data.Snapshot, run.Data.Features, run.Data.Split, shard));
        var data = run.Data with { Users = users, Items = items };
        return
        [
            users, items,
            await direct.CallInShardsAsync(Stages.EmbedVideos, shards, EmbedVideos.FileName, shard => new(data, run.Challenger, shard)),
            await direct.CallInShardsAsync(Stages.EmbedUsers, shards, EmbedUsers.FileName, shard => new(data, run.Challenger, shard)),
        ];
    }

    private static Task<FeatureTable> UsersAsync(DirectContext direct, TrainedRun run, int shards) => direct.CallInShardsAsync(
        Stages.BuildUserFeatures, shards, BuildUserFeatures.FileName, shard => new(run.Data.Snapshot, run.Data.Features, shard));

    private static DirectContext Direct(TrainedRun run) => new(
        new StageRegistry()
            .Add(Stages.BuildUserFeatures, () => new BuildUserFeatures(run.Work))
            .Add(Stages.BuildItemFeatures, () => new BuildItemFeatures(run.Work))
            .Add(Stages.JoinShards, () => new JoinShards(run.Work))
            .Add(Stages.EmbedVideos, () => new EmbedVideos(run.Work))
            .Add(Stages.EmbedUsers, () => new EmbedUsers(run.Work)),
        run.Context);
}
