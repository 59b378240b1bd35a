using Npgsql;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>
/// How PostgreSQL finds the candidates of the SQL functions among 10,000 videos: by the index, whatever its kind, for the owner and under row
/// level security.
/// </summary>
public sealed class QueryPlanTests : IAsyncLifetime
{
    private readonly ServedDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [PostgresTheory]
    [InlineData("halfvec", "hnsw")]
    [InlineData("halfvec", "ivfflat")]
    [InlineData("vector", "hnsw")]
    [InlineData("vector", "ivfflat")]
    public async Task Candidates_OverManyVideos_AreFoundByTheIndex(string column, string method)
    {
        await FillAsync(column, method);
        await using var connection = await _database.Pool.OpenConnectionAsync();
        foreach (var role in new[] { "none", "authenticated" })
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var identity = $"set local role {role}; set local \"request.user\" = '{Generations.Ann}'";
            await using (var become = new NpgsqlCommand(identity, connection))
                await become.ExecuteNonQueryAsync();
            await AssertPlanAsync(connection, "'user'", "'no-uuid'::text", "idx_video_embeddings_cosine");
            await AssertPlanAsync(connection, $"'{column}'", "'[1,0,0,0]'::halfvec", "idx_video_embeddings_cosine");
            await AssertPlanAsync(connection, "'popularity'", "'stranger'::text", "video_popularity_score");
        }

        Assert.Equal(10L, await _database.ScalarAsync<long>("select count(*) from recommend_videos('no-uuid', 10, min_price => 5)"));
    }

    private static async Task AssertPlanAsync(NpgsqlConnection connection, string basis, string argument, string index)
    {
        await using var command = new NpgsqlCommand($"select string_agg(line, E'\\n') from plan_of({basis}, {argument}) line", connection);
        var plan = (string)(await command.ExecuteScalarAsync())!;
        Assert.Contains($" using {index} on ", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on video_embeddings", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on video_popularity", plan, StringComparison.Ordinal);
    }

    // The index is made after the rows, as a load does; row by row it would take minutes.
    private async Task FillAsync(string column, string method)
    {
        await using (var index = _database.Open(new ServingSettings { ColumnType = column, Index = method }))
        {
            await Generations.LoadBothAsync(index, Generations.First);
            await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);
        }

        await _database.ExecuteAsync($$"""
            drop index idx_video_embeddings_cosine;
            alter table videos add price numeric;
            insert into videos (id, price) select gen_random_uuid(), i from generate_series(1, 10000) i;
            insert into video_embeddings
              select id, array[random(), random(), random(), random()]::real[]::vector::{{column}} from videos where title is null;
            select two_tower.ensure_index('public', 'videos', '{{column}}', '{{method}}');
            insert into video_popularity select id, random() from videos where title is null;
            grant select on videos, user_video_decisions to authenticated;
            alter table user_video_decisions enable row level security;
            create policy own on user_video_decisions for select to authenticated using (user_id = current_setting('request.user')::uuid);
            analyze videos; analyze video_embeddings; analyze video_popularity;
            create function plan_of(basis text, argument anyelement) returns setof text language plpgsql as $$
            begin
              return query execute 'explain ' || two_tower.candidates_sql(basis, two_tower.candidate_filter(null, 5, null, null, null))
                using argument, 10, null::uuid, null::text[], 5::numeric, null::numeric, null::timestamptz, null::timestamptz;
            end $$;
            """);
    }
}
