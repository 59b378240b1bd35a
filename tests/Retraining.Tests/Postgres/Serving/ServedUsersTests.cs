using Npgsql;
using Retraining.Execution;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>What single users are answered and stored under. Each test has a database of its own.</summary>
public sealed class ServedUsersTests : IAsyncLifetime
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
    public async Task StoreUserAsync_LiveVersion_IsServedAndAnotherVersionIsNotStored()
    {
        await using var index = await _database.ServeAsync();

        var live = await index.StoreUserAsync(Generations.First, new EmbeddingRow("fresh", new float[] { 0, 1, 0, 0 }), CancellationToken.None);
        var other = await index.StoreUserAsync(Generations.Second, new EmbeddingRow("fresh", new float[] { 1, 0, 0, 0 }), CancellationToken.None);

        Assert.Equal((Generations.First, Generations.First), (live, other));
        Assert.Equal("Title 39", (await index.RecommendAsync("fresh", null, 1, CancellationToken.None)).Items[0].Title);
    }

    [PostgresFact]
    public async Task StoreUserAsync_OtherWidth_IsRefused()
    {
        await using var index = await _database.ServeAsync();

        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => index.StoreUserAsync(Generations.First, new EmbeddingRow("fresh", new float[5]), CancellationToken.None));

        Assert.Equal("user fresh: expected 4 dimensions, not 5", error.Message);
    }

    [PostgresFact]
    public async Task ListUsersAsync_LiveVersion_IsInOrdinalOrder()
    {
        await using var index = await _database.ServeAsync();
        Assert.Equal(Generations.Users.Order(StringComparer.Ordinal).Take(2), await index.ListUsersAsync(2, CancellationToken.None));
    }
}
