using Npgsql;
using Retraining.Postgres.Serving;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

public sealed class VersionSwitchTests : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    // Three versions in turn, the second of another width; with one kept, each switch drops one, which is then loaded again.
    [PostgresTheory]
    [InlineData("halfvec", "hnsw")]
    [InlineData("halfvec", "ivfflat")]
    [InlineData("vector", "hnsw")]
    [InlineData("vector", "ivfflat")]
    public async Task ActivateAsync_ReadersMeanwhile_NeverSeeTwoVersionsOrNone(string column, string method)
    {
        await using var index = await ServeAsync(new ServingSettings { ColumnType = column, Index = method });
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadUntilAsync(index, stop.Token))).ToArray();

        string[] versions = [Generations.Second, Generations.Third, Generations.First];
        for (var turn = 0; turn < 9; turn++)
        {
            var wide = turn % 3 == 0;
            await Generations.LoadBothAsync(index, versions[turn % 3], dim: wide ? 8 : 4, turned: wide);
            await index.ActivateAsync(Generations.Change(versions[turn % 3], "turn"), CancellationToken.None);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), answers => Assert.True(answers > 0));
    }

    [PostgresFact]
    public async Task ActivateAsync_ReaderInATransaction_WaitsForItsEnd()
    {
        await using var index = await ServeAsync();
        await Generations.LoadBothAsync(index, Generations.Second, dim: 8, turned: true);
        await using var reader = await _postgres.Database.OpenConnectionAsync();
        await using (var transaction = await reader.BeginTransactionAsync())
        {
            Assert.Equal(4, await WidthAsync(reader, "user_embeddings"));
            var switching = index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);
            await WaitForLockAsync();

            // The same transaction still finds the videos that belong to its users.
            Assert.Equal(4, await WidthAsync(reader, "video_embeddings"));
            Assert.False(switching.IsCompleted);
            await transaction.CommitAsync();
            await switching;
        }

        Assert.Equal(8, await WidthAsync(reader, "video_embeddings"));
    }

    private async Task<PgVectorIndex> ServeAsync(ServingSettings? settings = null)
    {
        var index = new PgVectorIndex(_postgres.Database, settings ?? new ServingSettings(), TimeProvider.System);
        await Generations.LoadBothAsync(index, Generations.First);
        await _postgres.ExecuteAsync("insert into videos (id) select video_id from two_tower_20260601_000000.video_embeddings");
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);
        return index;
    }

    // A mix would fail (4 against 8 components) or answer with the wrong end of the arc for the width seen.
    private async Task<int> ReadUntilAsync(PgVectorIndex index, CancellationToken stop)
    {
        var answers = 0;
        while (!stop.IsCancellationRequested)
        {
            await using var connection = await _postgres.Database.OpenConnectionAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            var width = await WidthAsync(connection, "user_embeddings");
            await using var command = new NpgsqlCommand("select video_id from recommend_videos('no-uuid', 1)", connection);
            var nearest = (Guid)(await command.ExecuteScalarAsync(CancellationToken.None))!;
            Assert.Equal(Generations.VideoId(width == 4 ? 0 : Generations.Videos - 1), nearest.ToString());
            await transaction.CommitAsync(CancellationToken.None);

            var list = await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None);
            Assert.Equal(Generations.VideoId(list.Version == Generations.Second ? Generations.Videos - 1 : 0), Assert.Single(list.Items).VideoId);
            answers++;
        }

        return answers;
    }

    private static async Task<int> WidthAsync(NpgsqlConnection connection, string table)
    {
        await using var command = new NpgsqlCommand($"select vector_dims(embedding) from {table} limit 1", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    // Until the switch is seen waiting for the reader.
    private async Task WaitForLockAsync()
    {
        while (await _postgres.ScalarAsync<long>("select count(*) from pg_locks l join pg_database d on d.oid = l.database where not l.granted and d.datname = current_database()") == 0)
            await Task.Yield();
    }
}
