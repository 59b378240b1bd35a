using Npgsql;
using Retraining.Execution;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>Each test has a database of its own: they switch what is live.</summary>
public sealed class PgVectorIndexTests : IAsyncLifetime
{
    private readonly ServedDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [PostgresFact]
    public async Task RecommendAsync_KnownUser_LeavesOutDecidedAndInactiveVideos()
    {
        await using var index = await _database.ServeAsync();

        var list = await index.RecommendAsync(Generations.Ann.ToString(), null, 2, CancellationToken.None);

        // 0 and 1 are decided, 2 is inactive.
        Assert.Equal([("Title 3", 1), ("Title 4", 2)], list.Items.Select(item => (item.Title, item.Rank)));
        Assert.Equal(Math.Cos(3 * Math.PI / 80), list.Items[0].Score, 2e-3); // halves have 11 bits
        Assert.Equal((true, Generations.First), (list.Personal, list.Version));
    }

    [PostgresFact]
    public async Task RecommendAsync_UnknownUser_GetsWhatIsPopular()
    {
        await using var index = await _database.ServeAsync();

        var list = await index.RecommendAsync("somebody", null, 40, CancellationToken.None);

        Assert.False(list.Personal);
        Assert.Equal((Generations.VideoId(5), 1.0), (list.Items[0].VideoId, list.Items[0].Score));
        Assert.Equal(39, list.Items.Count); // all but the inactive one
    }

    [PostgresFact]
    public async Task RecommendAsync_KOutOfRange_IsRefused()
    {
        await using var index = await _database.ServeAsync();
        var error = await Assert.ThrowsAsync<PostgresException>(() => index.RecommendAsync("somebody", null, 0, CancellationToken.None));
        Assert.Equal("k = 0: expected 1 to 1000", error.MessageText);
    }

    [PostgresFact]
    public async Task MatchVideos_AnyEmbedding_FiltersForTheUserGiven()
    {
        await using var index = await _database.ServeAsync();
        const string Nearest = "select video_id from match_videos('[1,0,0,0]', 1, ";
        Assert.Equal(Generations.Id("video 0"), await _database.ScalarAsync<Guid>(Nearest + "null)"));
        Assert.Equal(Generations.Id("video 3"), await _database.ScalarAsync<Guid>($"{Nearest}'{Generations.Ann}')"));
    }

    [PostgresFact]
    public async Task RecommendAsync_HnswWithFilters_FillsKAcrossTheScan()
    {
        // Only the 5 farthest of 40 are left after the filter; the index is forced, so the scan has to go on to find them.
        await using var index = await _database.ServeAsync();
        await _database.ExecuteAsync("update videos set is_active = title in ('Title 35', 'Title 36', 'Title 37', 'Title 38', 'Title 39')");
        await _database.ExecuteAsync("alter function recommend_videos set enable_seqscan = off; alter function recommend_videos set hnsw.ef_search = 4");

        var list = await index.RecommendAsync("no-uuid", null, 5, CancellationToken.None);

        Assert.Equal(["Title 35", "Title 36", "Title 37", "Title 38", "Title 39"], list.Items.Select(item => item.Title));
    }

    [PostgresFact]
    public async Task ActivateAsync_OtherWidthThenBack_ServesEachVersionWhole()
    {
        await using var index = await _database.ServeAsync();
        await Generations.LoadBothAsync(index, Generations.Second, dim: 8, turned: true);
        Assert.Equal(4, await WidthAsync());

        var second = await index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);
        Assert.Equal((Generations.First, 8), (second.PreviousVersion, await WidthAsync()));
        Assert.Equal("Title 39", (await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None)).Items[0].Title);

        await index.ActivateAsync(Generations.Change(Generations.First, "worse clicks"), CancellationToken.None);
        Assert.Equal("Title 0", (await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None)).Items[0].Title);
        var versions = await index.ListVersionsAsync(CancellationToken.None);
        Assert.Equal([(Generations.Second, false, true), (Generations.First, true, true)], versions.Select(v => (v.Version, v.IsActive, v.IsLoaded)));
        Assert.Equal(("worse clicks", "test"), (versions[1].Reason, versions[1].ActivatedBy));
        Assert.Equal(3L, await _database.ScalarAsync<long>("select count(*) from embedding_model_activations"));
    }

    [PostgresFact]
    public async Task ActivateAsync_Repeated_ChangesNothing()
    {
        await using var index = await _database.ServeAsync();
        await Generations.LoadBothAsync(index, Generations.Second);
        var once = await index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);
        var twice = await index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);
        Assert.Equal(once.PreviousVersion, twice.PreviousVersion);
        Assert.Equal(2L, await _database.ScalarAsync<long>("select count(*) from embedding_model_activations"));
    }

    [PostgresFact]
    public async Task ActivateAsync_ThirdVersion_DropsTheFirst()
    {
        await using var index = await _database.ServeAsync();
        foreach (var version in new[] { Generations.Second, Generations.Third })
        {
            _database.Time.Now += TimeSpan.FromDays(7);
            await Generations.LoadBothAsync(index, version);
            await index.ActivateAsync(Generations.Change(version), CancellationToken.None);
        }

        Assert.Equal([true, true, false], (await index.ListVersionsAsync(CancellationToken.None)).Select(version => version.IsLoaded));
        Assert.Equal(0L, await _database.ScalarAsync<long>($"select count(*) from pg_namespace where nspname = 'two_tower_{Generations.First}'"));
    }

    [PostgresFact]
    public async Task ActivateAsync_UsersNotLoaded_IsRefusedAndLeavesTheLiveOne()
    {
        await using var index = await _database.ServeAsync();
        await index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.Second), CancellationToken.None);

        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None));

        Assert.Equal($"version {Generations.Second}: videos (4 wide) loaded, expected videos and users of one width", error.Message);
        Assert.Equal(Generations.First, (await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None)).Version);
    }

    [PostgresFact]
    public async Task ActivateAsync_TablesFromBefore_AreKeptAside()
    {
        await _database.ExecuteAsync("create extension vector; create table video_embeddings (video_id uuid primary key, embedding halfvec(2))");
        await _database.ExecuteAsync($"insert into video_embeddings values ('{Generations.Ann}', '[1,0]')");

        await using var index = await _database.ServeAsync();

        Assert.Equal(40L, await _database.ScalarAsync<long>("select count(*) from video_embeddings"));
        Assert.Equal(1L, await _database.ScalarAsync<long>("select count(*) from two_tower_original.video_embeddings"));
    }

    [PostgresFact]
    public async Task StoreUserAsync_LiveVersion_IsServedAndAnotherVersionIsNotStored()
    {
        await using var index = await _database.ServeAsync();

        var live = await index.StoreUserAsync(Generations.First, new EmbeddingRow("fresh", new float[] { 0, 1, 0, 0 }), CancellationToken.None);
        var other = await index.StoreUserAsync(Generations.Second, new EmbeddingRow("fresh", new float[] { 1, 0, 0, 0 }), CancellationToken.None);

        Assert.Equal((Generations.First, Generations.First), (live, other));
        Assert.Equal("Title 39", (await index.RecommendAsync("fresh", null, 1, CancellationToken.None)).Items[0].Title);
    }

    [PostgresFact]
    public async Task RecommendAsync_UserInAnySpellingOrByPseudonym_IsFound()
    {
        await using var index = await _database.ServeAsync();

        var upper = await index.RecommendAsync(Generations.Ann.ToString().ToUpperInvariant(), null, 1, CancellationToken.None);
        var byPseudonym = await index.RecommendAsync(Generations.Ann.ToString(), "no-uuid", 1, CancellationToken.None);
        var byUnknownPseudonym = await index.RecommendAsync(Generations.Bob.ToString(), "none", 1, CancellationToken.None);

        // Decisions are always those of the user himself.
        Assert.Equal([(true, "Title 3"), (true, "Title 3"), (true, "Title 0")],
            new[] { upper, byPseudonym, byUnknownPseudonym }.Select(list => (list.Personal, list.Items[0].Title)));
    }

    [PostgresFact]
    public async Task RecommendAsync_NothingLiveOrNothingLeft_IsEmptyAndSaysWhichVersion()
    {
        await using var index = _database.Open();
        var before = await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None);
        await (await _database.ServeAsync()).DisposeAsync();
        await _database.ExecuteAsync("update videos set is_active = false");

        var after = await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None);

        Assert.Equal((null, false, 0), (before.Version, before.Personal, before.Items.Count));
        Assert.Equal((Generations.First, true, 0), (after.Version, after.Personal, after.Items.Count));
    }

    [PostgresFact]
    public async Task ListUsersAsync_LiveVersion_IsInOrdinalOrder()
    {
        await using var index = await _database.ServeAsync();
        Assert.Equal(Generations.Users.Order(StringComparer.Ordinal).Take(2), await index.ListUsersAsync(2, CancellationToken.None));
    }

    private Task<int> WidthAsync() =>
        _database.ScalarAsync<int>("select atttypmod from pg_attribute where attrelid = 'video_embeddings'::regclass and attname = 'embedding'");
}
