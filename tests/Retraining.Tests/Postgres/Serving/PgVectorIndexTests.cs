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
    public async Task MatchVideos_AnyEmbedding_FiltersForTheUserGiven()
    {
        await using var index = await _database.ServeAsync();
        const string Nearest = "select video_id from match_videos('[1,0,0,0]', 1, ";
        Assert.Equal(Generations.Id("video 0"), await _database.ScalarAsync<Guid>(Nearest + "null)"));
        Assert.Equal(Generations.Id("video 3"), await _database.ScalarAsync<Guid>($"{Nearest}'{Generations.Ann}')"));
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
    public async Task DropRetiredAsync_AnyOrderOfSwitches_KeepsTheLiveAndThePrevious()
    {
        await using var index = _database.Open();
        await Retention.AssertLiveAndPreviousStayAsync(index, _database.Time, switches: 8);
    }

    [PostgresFact]
    public async Task FindLiveAsync_SwitchesAndRollbacks_AnswersForEachDay()
    {
        await using var index = _database.Open();
        await LedgerDays.LiveThroughAsync(index, _database.Time);
        await LedgerDays.AssertAsync(index);
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

    private Task<int> WidthAsync() =>
        _database.ScalarAsync<int>("select atttypmod from pg_attribute where attrelid = 'video_embeddings'::regclass and attname = 'embedding'");
}
