using Retraining.Postgres.Serving;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>A load that is cancelled stops, in this process and in PostgreSQL, and no reader or switch sees any of it.</summary>
public sealed class CancelledLoadTests : IAsyncLifetime, IDisposable
{
    private const int Endless = 1_000_000_000;
    private readonly ServedDatabase _database = new();
    private readonly CancellationTokenSource _stop = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    public void Dispose() => _stop.Dispose();

    [PostgresTheory]
    [InlineData(int.MaxValue)] // over one connection
    [InlineData(10_000)] // over several
    public async Task RunAsync_CancelledWithinTheCopy_StopsAndShowsNothing(int rowsPerConnection)
    {
        await using var index = await _database.ServeAsync();
        var load = Generations.Load(EmbeddingKind.Videos, Generations.Second, rows: Endless) with { ReadRows = _ => RowsAsync(cancelAt: 50_000) };

        var run = Task.Run(() => new GenerationLoad(_database.Pool, new ServingSettings(), _database.Time, load, rowsPerConnection).RunAsync(_stop.Token));

        await Stopping.AssertEndsAsync(run, _stop.Token);
        await AssertNothingOfItAsync(index);
    }

    [PostgresFact]
    public async Task LoadAsync_CancelledWhileTheServerWorks_StopsAndShowsNothing()
    {
        await using var index = await _database.ServeAsync();
        await using var other = await _database.Pool.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("lock table user_video_decisions, videos in access exclusive mode", other))
            await hold.ExecuteNonQueryAsync();

        var run = index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.Second), _stop.Token);
        await Backends.OneBlockedAsync(_database.Postgres);
        await _stop.CancelAsync();

        await Stopping.AssertEndsAsync(run, _stop.Token);
        await transaction.RollbackAsync();
        await AssertNothingOfItAsync(index);
    }

    private async Task AssertNothingOfItAsync(PgVectorIndex index)
    {
        await Backends.AllIdleAsync(_database.Postgres);
        Assert.Equal(0L, await _database.ScalarAsync<long>($"select count(*) from two_tower.generation_tables where version = '{Generations.Second}'"));
        var version = Assert.Single(await index.ListVersionsAsync(CancellationToken.None), version => version.IsLoaded);
        Assert.Equal((Generations.First, true), (version.Version, version.IsActive));
        Assert.Equal("Title 3", (await index.RecommendAsync(Generations.Ann.ToString(), null, 1, CancellationToken.None)).Items[0].Title);
    }

    /// <summary>Goes on after the cancellation, as a reader would that does not look at its token.</summary>
    private async IAsyncEnumerable<EmbeddingRow> RowsAsync(int cancelAt)
    {
        for (var i = 0; i < Endless; i++)
        {
            if (i == cancelAt)
                await _stop.CancelAsync();
            yield return new EmbeddingRow(Generations.VideoId(i), new float[] { 1, 0, 0, 0 });
        }
    }
}
