using Retraining.Execution;
using Retraining.Postgres;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Postgres;

public sealed class DatabaseMigrationsTests : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [PostgresFact]
    public async Task ApplyAsync_Twice_AppliesEachFileOnce()
    {
        await DatabaseMigrations.ApplyAsync(_postgres.Database, CancellationToken.None);
        var applied = await AppliedAsync();
        await DatabaseMigrations.ApplyAsync(_postgres.Database, CancellationToken.None);

        Assert.Equal(applied, await AppliedAsync());
        Assert.Equal(string.Join(' ', DatabaseMigrations.Names), await _postgres.ScalarAsync<string>(
            "select string_agg(name, ' ' order by name collate \"C\") from two_tower.migrations"));
    }

    [PostgresFact]
    public async Task ApplyAsync_LedgerLost_IsIdempotent()
    {
        await DatabaseMigrations.ApplyAsync(_postgres.Database, CancellationToken.None);
        await _postgres.ExecuteAsync("drop table two_tower.migrations");
        await DatabaseMigrations.ApplyAsync(_postgres.Database, CancellationToken.None);
        Assert.Equal((long)DatabaseMigrations.Names.Count, await _postgres.ScalarAsync<long>("select count(*) from two_tower.migrations"));
    }

    [PostgresFact]
    public async Task ApplyAsync_SeveralAtOnce_AllSucceed()
    {
        var database = _postgres.Database;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => DatabaseMigrations.ApplyAsync(database, CancellationToken.None)));
        Assert.True(await _postgres.ScalarAsync<bool>("select to_regclass('public.embedding_model_versions') is not null"));
    }

    [PostgresFact]
    public async Task ApplyAsync_TablesOfTheDesign_AreTakenOver()
    {
        await _postgres.ExecuteAsync("""
            create table embedding_model_versions (id uuid primary key default gen_random_uuid(), version text not null,
              model_type text not null, model_path text, is_active boolean default false, created_at timestamptz default now());
            insert into embedding_model_versions (version, model_type, is_active) values ('v1', 'user_tower', true), ('v1', 'item_tower', true);
            """);
        await DatabaseMigrations.ApplyAsync(_postgres.Database, CancellationToken.None);
        Assert.Equal(2L, await _postgres.ScalarAsync<long>("select count(*) from embedding_model_versions where is_active and metrics = '{}'"));
    }

    [PostgresFact]
    public async Task ApplyServiceTablesAsync_WithoutPgvector_LeavesTheRest()
    {
        await DatabaseMigrations.ApplyServiceTablesAsync(_postgres.Database, CancellationToken.None);
        Assert.Equal(0L, await _postgres.ScalarAsync<long>("select count(*) from pg_extension where extname = 'vector'"));
    }

    [PostgresFact]
    public async Task ApplyAsync_RowLevelSecurity_LetsAuthenticatedReadAndNotWrite()
    {
        await DatabaseMigrations.ApplyAsync(_postgres.Database, CancellationToken.None);
        const string Insert = "insert into embedding_model_versions (version, model_type) values ('x', 'two_tower')";
        await _postgres.ExecuteAsync("set role service_role; " + Insert + "; reset role");
        Assert.Equal(1L, await _postgres.ScalarAsync<long>("set role authenticated; select count(*) from embedding_model_versions"));
        var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _postgres.ExecuteAsync("set role authenticated; " + Insert));
        Assert.Equal("42501", error.SqlState);
    }

    [PostgresFact]
    public async Task ApplyAsync_ConflictingTable_NamesTheFile()
    {
        await _postgres.ExecuteAsync("create view embedding_model_versions as select 1 as version");
        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => DatabaseMigrations.ApplyAsync(_postgres.Database, CancellationToken.None));
        Assert.StartsWith("infra/sql/020_model_ledger.sql in database test_", error.Message, StringComparison.Ordinal);
    }

    private Task<string> AppliedAsync() =>
        _postgres.ScalarAsync<string>("select string_agg(name || sha256 || applied_at, ' ' order by name) from two_tower.migrations");
}
