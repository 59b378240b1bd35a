using Npgsql;
using Retraining.Execution;
using Retraining.Postgres.Serving;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>Each test has a database of its own: they switch what is live.</summary>
public sealed class PgVectorIndexTests : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly FakeTime _time = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        if (LocalServer.Postgres.Reason is not null)
            return;

        await _postgres.ExecuteAsync("""
            create table videos (id uuid primary key, title text, is_active boolean default true);
            create table user_video_decisions (user_id uuid, video_id uuid, decision_type text, created_at timestamptz);
            """);
        for (var i = 0; i < Generations.Videos; i++)
            await _postgres.ExecuteAsync($"insert into videos values ('{Generations.VideoId(i)}', 'Title {i}', {(i == 2 ? "false" : "true")})");
        await _postgres.ExecuteAsync($"""
            insert into user_video_decisions values
              ('{Generations.Ann}', '{Generations.VideoId(0)}', 'nope', '2026-01-01'), ('{Generations.Ann}', '{Generations.VideoId(1)}', 'nope', '2026-01-01'),
              ('{Generations.Bob}', '{Generations.VideoId(5)}', 'like', '2026-01-01')
            """);
    }

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [PostgresFact]
    public async Task RecommendAsync_KnownUser_LeavesOutDecidedAndInactiveVideos()
    {
        await using var index = await ServeAsync();

        var list = await index.RecommendAsync(Generations.Ann.ToString(), 2, CancellationToken.None);

        // 0 and 1 are decided, 2 is inactive.
        Assert.Equal([("Title 3", 1), ("Title 4", 2)], list.Items.Select(item => (item.Title, item.Rank)));
        Assert.Equal(Math.Cos(3 * Math.PI / 80), list.Items[0].Score, 2e-3); // halves have 11 bits
        Assert.Equal((true, Generations.First), (list.Personal, list.Version));
    }

    [PostgresFact]
    public async Task RecommendAsync_UnknownUser_GetsWhatIsPopular()
    {
        await using var index = await ServeAsync();

        var list = await index.RecommendAsync("somebody", 40, CancellationToken.None);

        Assert.False(list.Personal);
        Assert.Equal((Generations.VideoId(5), 1.0), (list.Items[0].VideoId, list.Items[0].Score));
        Assert.Equal(39, list.Items.Count); // all but the inactive one
    }

    [PostgresFact]
    public async Task RecommendAsync_KOutOfRange_IsRefused()
    {
        await using var index = await ServeAsync();
        var error = await Assert.ThrowsAsync<PostgresException>(() => index.RecommendAsync("somebody", 0, CancellationToken.None));
        Assert.Equal("k = 0: expected 1 to 1000", error.MessageText);
    }

    [PostgresFact]
    public async Task MatchVideos_AnyEmbedding_FiltersForTheUserGiven()
    {
        await using var index = await ServeAsync();
        const string Nearest = "select video_id from match_videos('[1,0,0,0]', 1, ";
        Assert.Equal(Generations.Id("video 0"), await _postgres.ScalarAsync<Guid>(Nearest + "null)"));
        Assert.Equal(Generations.Id("video 3"), await _postgres.ScalarAsync<Guid>($"{Nearest}'{Generations.Ann}')"));
    }

    [PostgresFact]
    public async Task RecommendAsync_HnswWithFilters_FillsKAcrossTheScan()
    {
        // Only the 5 farthest of 40 are left after the filter; the index is forced, so the scan has to go on to find them.
        await using var index = await ServeAsync();
        await _postgres.ExecuteAsync("update videos set is_active = title in ('Title 35', 'Title 36', 'Title 37', 'Title 38', 'Title 39')");
        await _postgres.ExecuteAsync("alter function recommend_videos set enable_seqscan = off; alter function recommend_videos set hnsw.ef_search = 4");

        var list = await index.RecommendAsync("no-uuid", 5, CancellationToken.None);

        Assert.Equal(["Title 35", "Title 36", "Title 37", "Title 38", "Title 39"], list.Items.Select(item => item.Title));
    }

    [PostgresFact]
    public async Task ActivateAsync_OtherWidthThenBack_ServesEachVersionWhole()
    {
        await using var index = await ServeAsync();
        await Generations.LoadBothAsync(index, Generations.Second, dim: 8, turned: true);
        Assert.Equal(4, await WidthAsync());

        var second = await index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);
        Assert.Equal((Generations.First, 8), (second.PreviousVersion, await WidthAsync()));
        Assert.Equal("Title 39", (await index.RecommendAsync("no-uuid", 1, CancellationToken.None)).Items[0].Title);

        await index.ActivateAsync(Generations.Change(Generations.First, "worse clicks"), CancellationToken.None);
        Assert.Equal("Title 0", (await index.RecommendAsync("no-uuid", 1, CancellationToken.None)).Items[0].Title);
        var versions = await index.ListVersionsAsync(CancellationToken.None);
        Assert.Equal([(Generations.Second, false, true), (Generations.First, true, true)], versions.Select(v => (v.Version, v.IsActive, v.IsLoaded)));
        Assert.Equal(("worse clicks", "test"), (versions[1].Reason, versions[1].ActivatedBy));
        Assert.Equal(3L, await _postgres.ScalarAsync<long>("select count(*) from embedding_model_activations"));
    }

    [PostgresFact]
    public async Task ActivateAsync_Repeated_ChangesNothing()
    {
        await using var index = await ServeAsync();
        await Generations.LoadBothAsync(index, Generations.Second);
        var once = await index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);
        var twice = await index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);
        Assert.Equal(once.PreviousVersion, twice.PreviousVersion);
        Assert.Equal(2L, await _postgres.ScalarAsync<long>("select count(*) from embedding_model_activations"));
    }

    [PostgresFact]
    public async Task ActivateAsync_ThirdVersion_DropsTheFirst()
    {
        await using var index = await ServeAsync();
        foreach (var version in new[] { Generations.Second, Generations.Third })
        {
            _time.Now += TimeSpan.FromDays(7);
            await Generations.LoadBothAsync(index, version);
            await index.ActivateAsync(Generations.Change(version), CancellationToken.None);
        }

        Assert.Equal([true, true, false], (await index.ListVersionsAsync(CancellationToken.None)).Select(version => version.IsLoaded));
        Assert.Equal(0L, await _postgres.ScalarAsync<long>($"select count(*) from pg_namespace where nspname = 'two_tower_{Generations.First}'"));
    }

    [PostgresFact]
    public async Task ActivateAsync_UsersNotLoaded_IsRefusedAndLeavesTheLiveOne()
    {
        await using var index = await ServeAsync();
        await index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.Second), CancellationToken.None);

        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None));

        Assert.Equal($"version {Generations.Second}: videos (4 wide) loaded, expected videos and users of one width", error.Message);
        Assert.Equal(Generations.First, (await index.RecommendAsync("no-uuid", 1, CancellationToken.None)).Version);
    }

    [PostgresFact]
    public async Task ActivateAsync_TablesFromBefore_AreKeptAside()
    {
        await _postgres.ExecuteAsync("create extension vector; create table video_embeddings (video_id uuid primary key, embedding halfvec(2))");
        await _postgres.ExecuteAsync($"insert into video_embeddings values ('{Generations.Ann}', '[1,0]')");

        await using var index = await ServeAsync();

        Assert.Equal(40L, await _postgres.ScalarAsync<long>("select count(*) from video_embeddings"));
        Assert.Equal(1L, await _postgres.ScalarAsync<long>("select count(*) from two_tower_original.video_embeddings"));
    }

    [PostgresFact]
    public async Task LoadAsync_IndexBelowTheRecallAsked_IsRefusedAndLeavesNothing()
    {
        await using var index = Open(new ServingSettings { MinAnnRecall = 1.01 });

        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.First), CancellationToken.None));

        Assert.Matches(@"the hnsw index returns [01]\.\d{3} of the exact top 10, expected at least 1\.010", error.Message);
        Assert.Equal(0L, await _postgres.ScalarAsync<long>("select count(*) from two_tower.generation_tables"));
    }

    [PostgresFact]
    public async Task LoadAsync_SameContentAgain_IsNotReadAgain()
    {
        await using var index = await ServeAsync();
        var again = Generations.Load(EmbeddingKind.Videos, Generations.First) with { ReadRows = _ => throw new InvalidOperationException("read again") };
        Assert.Equal(40, (await index.LoadAsync(again, CancellationToken.None)).Rows);
    }

    [PostgresFact]
    public async Task LoadAsync_VideosAndUsersAtOnce_BothLand()
    {
        await using var index = Open(new ServingSettings { ColumnType = "vector", Index = "ivfflat" });
        var videos = index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.First), CancellationToken.None);
        var users = index.LoadAsync(Generations.Load(EmbeddingKind.Users, Generations.First), CancellationToken.None);
        await Task.WhenAll(videos, users);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);
        Assert.Equal("vector(4)", await _postgres.ScalarAsync<string>(
            "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'video_embeddings'::regclass and attname = 'embedding'"));
        Assert.Equal("Title 3", (await index.RecommendAsync(Generations.Ann.ToString(), 1, CancellationToken.None)).Items[0].Title);
    }

    [PostgresFact]
    public async Task LoadAsync_BrokenRows_NameTheRow()
    {
        await using var index = Open();
        foreach (var (row, expected) in new[]
        {
            (new EmbeddingRow("x", new float[4]), "Videos of version 20260601_000000, row 0, video_id x: not a UUID"),
            (new EmbeddingRow(Generations.VideoId(0), new float[3]), "3 components, expected 4"),
            (new EmbeddingRow(Generations.VideoId(0), new[] { 1, float.NaN, 0, 0 }), "component 1 is NaN, expected a finite halfvec value"),
        })
        {
            var load = Generations.Load(EmbeddingKind.Videos, Generations.First) with { ReadRows = _ => One(row) };
            var error = await Assert.ThrowsAsync<PermanentStageException>(() => index.LoadAsync(load, CancellationToken.None));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task StoreUserAsync_LiveVersion_IsServedAndAnotherVersionIsRefused()
    {
        await using var index = await ServeAsync();

        await index.StoreUserAsync(Generations.First, new EmbeddingRow("fresh", new float[] { 0, 1, 0, 0 }), CancellationToken.None);

        Assert.Equal("Title 39", (await index.RecommendAsync("fresh", 1, CancellationToken.None)).Items[0].Title);
        await Assert.ThrowsAsync<PermanentStageException>(
            () => index.StoreUserAsync(Generations.Second, new EmbeddingRow("fresh", new float[4]), CancellationToken.None));
    }

    [PostgresFact]
    public async Task ListUsersAsync_LiveVersion_IsInOrdinalOrder()
    {
        await using var index = await ServeAsync();
        Assert.Equal(Generations.Users.Order(StringComparer.Ordinal).Take(2), await index.ListUsersAsync(2, CancellationToken.None));
    }

    private async Task<PgVectorIndex> ServeAsync()
    {
        var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);
        return index;
    }

    private PgVectorIndex Open(ServingSettings? settings = null) =>
        new(_postgres.Database, settings ?? new ServingSettings(), _time);

    private Task<int> WidthAsync() =>
        _postgres.ScalarAsync<int>("select atttypmod from pg_attribute where attrelid = 'video_embeddings'::regclass and attname = 'embedding'");

    private static async IAsyncEnumerable<EmbeddingRow> One(EmbeddingRow row)
    {
        await Task.Yield();
        yield return row;
    }
}
