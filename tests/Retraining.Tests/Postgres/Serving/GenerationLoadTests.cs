using Retraining.Execution;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>Each test has a database of its own.</summary>
public sealed class GenerationLoadTests : IAsyncLifetime
{
    private readonly ServedDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [PostgresFact]
    public async Task LoadAsync_IndexBelowTheRecallAsked_IsRefusedAndLeavesNothing()
    {
        await using var index = _database.Open(new ServingSettings { MinAnnRecall = 1.01 });

        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.First), CancellationToken.None));

        Assert.Matches(@"the hnsw index returns [01]\.\d{3} of the exact top 10, expected at least 1\.010", error.Message);
        Assert.Equal(0L, await _database.ScalarAsync<long>("select count(*) from two_tower.generation_tables"));
    }

    [PostgresFact]
    public async Task LoadAsync_SameContentAgain_IsNotReadAgain()
    {
        await using var index = await _database.ServeAsync();
        var again = Generations.Load(EmbeddingKind.Videos, Generations.First) with { ReadRows = _ => throw new InvalidOperationException("read again") };
        Assert.Equal(40, (await index.LoadAsync(again, CancellationToken.None)).Rows);
    }

    [PostgresFact]
    public async Task LoadAsync_VideosAndUsersAtOnce_BothLand()
    {
        await using var index = _database.Open(new ServingSettings { ColumnType = "vector", Index = "ivfflat" });
        var videos = index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.First), CancellationToken.None);
        var users = index.LoadAsync(Generations.Load(EmbeddingKind.Users, Generations.First), CancellationToken.None);
        await Task.WhenAll(videos, users);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);
        Assert.Equal("vector(4)", await _database.ScalarAsync<string>(
            "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'video_embeddings'::regclass and attname = 'embedding'"));
        Assert.Equal("Title 3", (await index.RecommendAsync(Generations.Ann.ToString(), 1, CancellationToken.None)).Items[0].Title);
    }

    [PostgresFact]
    public async Task LoadAsync_BrokenRows_NameTheRow()
    {
        await using var index = _database.Open();
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

    private static async IAsyncEnumerable<EmbeddingRow> One(EmbeddingRow row)
    {
        await Task.Yield();
        yield return row;
    }
}
