using Retraining.Execution;
using Retraining.Postgres.Serving;
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

    [PostgresTheory]
    [InlineData("halfvec", "hnsw")]
    [InlineData("halfvec", "ivfflat")]
    [InlineData("vector", "hnsw")]
    [InlineData("vector", "ivfflat")]
    public async Task LoadAsync_VideosAndUsersAtOnce_BothLand(string column, string method)
    {
        await using var index = _database.Open(new ServingSettings { ColumnType = column, Index = method });
        var videos = index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.First), CancellationToken.None);
        var users = index.LoadAsync(Generations.Load(EmbeddingKind.Users, Generations.First), CancellationToken.None);
        await Task.WhenAll(videos, users);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);
        Assert.Equal($"{column}(4)", await _database.ScalarAsync<string>(
            "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'video_embeddings'::regclass and attname = 'embedding'"));
        Assert.Equal(2L, await _database.ScalarAsync<long>(
            $"select count(*) from pg_indexes where schemaname = 'public' and indexdef like '%USING {method} (embedding {column}_cosine_ops)%'"));
        Assert.Equal("Title 3", (await index.RecommendAsync(Generations.Ann.ToString(), null, 1, CancellationToken.None)).Items[0].Title);
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

    [PostgresFact]
    public async Task LoadAsync_ManyRows_AreCopiedOverSeveralConnectionsUnderAShortStatementTimeout()
    {
        const int Rows = 30_000;
        await using var index = _database.Open();
        await index.ListVersionsAsync(CancellationToken.None);
        await _database.ExecuteAsync("do $$ begin execute format('alter database %I set statement_timeout = 200', current_database()); end $$");
        var random = new Random(5);
        var load = Many(Rows, i => new EmbeddingRow(Generations.VideoId(i), Unit(random)));

        var loaded = await Loader(load, rowsPerConnection: 10_000).RunAsync(CancellationToken.None);

        Assert.Equal(Rows, loaded.Rows);
        Assert.Equal((long)Rows, await _database.ScalarAsync<long>($"select count(distinct video_id) from two_tower_{Generations.First}.video_embeddings"));
        Assert.InRange(loaded.AnnRecall, 0.9, 1);
    }

    [Theory]
    [InlineData("halfvec", 1_000, 128, 64)] // the least
    [InlineData("halfvec", 1_000_000, 128, 818)] // (260 + 256 + 128) bytes * 4/3
    [InlineData("vector", 1_000_000, 256, 1_024)] // the most, by the setting
    public void MaintenanceMegabytes_Rows_IsWhatTheirGraphNeedsWithinTheSettings(string column, int rows, int dim, int expected) =>
        Assert.Equal(expected, GenerationLoad.MaintenanceMegabytes(new ServingSettings { ColumnType = column }, rows, dim));

    [PostgresFact]
    public async Task LoadAsync_WhileItBuilds_HasMemoryAndNoStatementTimeoutAndNobodyElseHas()
    {
        await using var index = _database.Open(new ServingSettings { MaintenanceMemoryMb = 77, IndexWorkers = 0 });
        await index.ListVersionsAsync(CancellationToken.None);
        await _database.ExecuteAsync("""
            create table seen (memory text, timeout text);
            create function see() returns trigger language plpgsql as $$
            begin
              insert into seen values (current_setting('maintenance_work_mem'), current_setting('statement_timeout'));
              return new;
            end $$;
            create trigger see before insert on two_tower.generation_tables for each row execute function see();
            do $$ begin execute format('alter database %I set statement_timeout = 3000', current_database()); end $$
            """);
        _database.Pool.Clear();
        var load = Many(1_000, i => new EmbeddingRow(Generations.VideoId(i), new float[] { 1, 0, 0, 0 })) with { Rows = 1_000 };

        await index.LoadAsync(load, CancellationToken.None);

        Assert.Equal("64MB 0", await _database.ScalarAsync<string>("select memory || ' ' || timeout from seen"));
        Assert.Equal("3s", await _database.ScalarAsync<string>("show statement_timeout"));
    }

    [PostgresFact]
    public async Task InspectAsync_ManyRowsUnderAShortStatementTimeout_MeasuresTheRecall()
    {
        await using var index = _database.Open();
        await index.ListVersionsAsync(CancellationToken.None);
        await _database.ExecuteAsync("do $$ begin execute format('alter database %I set statement_timeout = 50', current_database()); end $$");
        _database.Pool.Clear();
        var random = new Random(5);
        foreach (var kind in Enum.GetValues<EmbeddingKind>())
        {
            var load = Many(10_000, i => new EmbeddingRow(Generations.VideoId(i), Unit(random))) with { Kind = kind };
            await Loader(load, rowsPerConnection: 10_000).RunAsync(CancellationToken.None);
        }

        var parts = await index.InspectAsync(Generations.First, [Generations.VideoId(1)], CancellationToken.None);

        Assert.Equal([(EmbeddingKind.Videos, 10_000L), (EmbeddingKind.Users, 10_000L)], parts.Select(part => (part.Kind, (long)part.Rows)));
        Assert.All(parts, part => Assert.InRange(part.AnnRecall, 0.9, 1));
    }

    [PostgresTheory]
    [InlineData(7_777)]
    [InlineData(0)]
    [InlineData(29_999)]
    public async Task LoadAsync_BrokenRowAmongMany_IsNamedAndTheNextAttemptLoadsAll(int broken)
    {
        const int Rows = 30_000;
        await using var index = _database.Open();
        await index.ListVersionsAsync(CancellationToken.None);
        var spoilt = Many(Rows, i => new EmbeddingRow(Generations.VideoId(i), i == broken ? new float[3] : new float[] { 1, 0, 0, 0 }));

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => Loader(spoilt, rowsPerConnection: 10_000).RunAsync(CancellationToken.None));

        Assert.Contains($"row {broken}, video_id {Generations.VideoId(broken)}: 3 components, expected 4", error.Message, StringComparison.Ordinal);
        var again = Generations.Load(EmbeddingKind.Videos, Generations.First);
        Assert.Equal(40, (await Loader(again, rowsPerConnection: 10).RunAsync(CancellationToken.None)).Rows);
    }

    private GenerationLoad Loader(EmbeddingLoad load, int rowsPerConnection) => new(_database.Pool, new ServingSettings(), _database.Time, load, rowsPerConnection);

    private static EmbeddingLoad Many(int rows, Func<int, EmbeddingRow> row) =>
        Generations.Load(EmbeddingKind.Videos, Generations.First, rows: rows) with { ReadRows = _ => RowsAsync(rows, row) };

    private static async IAsyncEnumerable<EmbeddingRow> RowsAsync(int rows, Func<int, EmbeddingRow> row)
    {
        for (var i = 0; i < rows; i++)
        {
            if (i % 1000 == 0)
                await Task.Yield();
            yield return row(i);
        }
    }

    private static float[] Unit(Random random)
    {
        var (a, b) = (random.NextDouble() * Math.Tau, random.NextDouble() * Math.Tau);
        return [(float)(Math.Cos(a) * Math.Cos(b)), (float)(Math.Cos(a) * Math.Sin(b)), (float)(Math.Sin(a) * Math.Cos(b)), (float)(Math.Sin(a) * Math.Sin(b))];
    }
}
