using Retraining.Execution;
using Retraining.Postgres.Serving;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary><c>serving.mode: in-place</c>: the live tables stay the same tables.</summary>
public sealed class InPlaceTests : IAsyncLifetime
{
    private const string Tables = "select string_agg(oid::text, ' ' order by relname) from pg_class where relname in ('user_embeddings', 'video_embeddings') and relnamespace = 'public'::regnamespace";

    private readonly ServedDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [PostgresTheory]
    [InlineData("halfvec", "hnsw")]
    [InlineData("vector", "hnsw")]
    [InlineData("halfvec", "ivfflat")]
    [InlineData("vector", "ivfflat")]
    public async Task ActivateAsync_ThereAndBack_ServesEachVersionFromTheSameTables(string column, string method)
    {
        await using var index = Open(column, method);
        await SwitchAsync(index, Generations.First, turned: false);
        var tables = await _database.ScalarAsync<string>(Tables);
        await index.StoreUserAsync(Generations.First, new EmbeddingRow("fresh", new float[] { 0, 1, 0, 0 }), CancellationToken.None);

        await SwitchAsync(index, Generations.Second, turned: true);

        Assert.Equal("Title 39", await BestAsync(index));
        Assert.False((await index.RecommendAsync("fresh", null, 1, CancellationToken.None)).Personal); // embedded by the version before
        await index.ActivateAsync(Generations.Change(Generations.First, "worse clicks"), CancellationToken.None);
        Assert.Equal("Title 0", await BestAsync(index));
        Assert.Equal(tables, await _database.ScalarAsync<string>(Tables));
        Assert.Equal(2L, await _database.ScalarAsync<long>(
            $"select count(*) from pg_indexes where schemaname = 'public' and indexdef like '%USING {method} (embedding {column}_cosine_ops)%'"));
        Assert.Equal(3L, await _database.ScalarAsync<long>("select count(*) from embedding_model_activations"));
    }

    [PostgresFact]
    public async Task ActivateAsync_TablesOfTheService_AreFilledAndRowsOfVanishedVideosRemoved()
    {
        await _database.ExecuteAsync("""
            create extension vector;
            create table video_embeddings (video_id uuid primary key, embedding halfvec(4));
            create table user_embeddings (user_id text primary key, embedding halfvec(4));
            create view liked as select count(*) from video_embeddings;
            """);
        await _database.ExecuteAsync($"insert into video_embeddings values ('{Guid.Empty}', '[1,0,0,0]'), ('{Generations.VideoId(7)}', '[0,0,1,0]')");
        await using var index = Open();

        await SwitchAsync(index, Generations.First, turned: false);

        Assert.Equal(40L, await _database.ScalarAsync<long>("select count from liked"));
        Assert.Equal("Title 0", await BestAsync(index));
    }

    [PostgresTheory]
    [InlineData("halfvec", "hnsw")]
    [InlineData("vector", "hnsw")]
    [InlineData("halfvec", "ivfflat")]
    [InlineData("vector", "ivfflat")]
    public async Task ActivateAsync_ReadersMeanwhile_NeverSeeTwoVersionsOrNone(string column, string method)
    {
        await using var index = Open(column, method);
        await SwitchAsync(index, Generations.First, turned: false);
        await Generations.LoadBothAsync(index, Generations.Second, turned: true);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadUntilAsync(index, stop.Token))).ToArray();

        for (var turn = 0; turn < 10; turn++)
            await index.ActivateAsync(Generations.Change(turn % 2 == 0 ? Generations.Second : Generations.First, "turn"), CancellationToken.None);

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), answers => Assert.True(answers > 0));
    }

    [PostgresFact]
    public async Task ActivateAsync_TablesOfTheServiceWithoutKeys_ChangesNothingAndSaysSo()
    {
        await _database.ExecuteAsync("create extension vector; create table video_embeddings (video_id uuid, embedding halfvec(4))");
        await using var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);

        var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(
            () => index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None));

        Assert.StartsWith("there is no unique or exclusion constraint", error.MessageText, StringComparison.Ordinal);
        Assert.Null(await index.FindServedAsync(CancellationToken.None));
    }

    [PostgresFact]
    public async Task ActivateAsync_AnotherWidth_IsRefusedAndGoesByGenerations()
    {
        await using var index = Open();
        await SwitchAsync(index, Generations.First, turned: false);
        await Generations.LoadBothAsync(index, Generations.Second, dim: 8, turned: true);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None));

        Assert.Contains("embedding is halfvec(4) and the version has halfvec(8)", error.Message, StringComparison.Ordinal);
        Assert.Equal("Title 0", await BestAsync(index));

        await using var generations = _database.Open();
        error = await Assert.ThrowsAsync<PermanentStageException>(() => generations.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None));
        Assert.Contains("loaded without an index", error.Message, StringComparison.Ordinal);
        await SwitchAsync(generations, Generations.Second, turned: true, dim: 8);
        Assert.Equal("Title 39", await BestAsync(generations));
        await SwitchAsync(index, Generations.Third, turned: false, dim: 8);
        Assert.Equal("Title 0", await BestAsync(index));
    }

    private PgVectorIndex Open(string column = "halfvec", string method = "hnsw") =>
        _database.Open(new ServingSettings { Mode = "in-place", ColumnType = column, Index = method });

    private static async Task SwitchAsync(PgVectorIndex index, string version, bool turned, int dim = 4)
    {
        await Generations.LoadBothAsync(index, version, dim, turned);
        await index.ActivateAsync(Generations.Change(version), CancellationToken.None);
    }

    private static async Task<string?> BestAsync(PgVectorIndex index) => (await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None)).Items[0].Title;

    // One statement sees one version: the best video is that of the version that is live in the same snapshot.
    private async Task<int> ReadUntilAsync(PgVectorIndex index, CancellationToken stop)
    {
        var answers = 0;
        while (!stop.IsCancellationRequested)
        {
            var title = await _database.ScalarAsync<string>("""
                select v.title || ' ' || (select version from embedding_model_versions where is_active)
                from recommend_videos('no-uuid', 1) r join videos v on v.id = r.video_id
                """);
            var list = await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None);
            Assert.All([title, $"{list.Items[0].Title} {list.Version}"], found =>
                Assert.Contains(found, new[] { $"Title 0 {Generations.First}", $"Title 39 {Generations.Second}" }));
            answers++;
        }

        return answers;
    }
}
