using Npgsql;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>Filters, diversity, row level security and plans of the SQL functions. Video i costs i, came out on day i, is tagged even or odd.</summary>
public sealed class RecommendationFilterTests : IAsyncLifetime
{
    private readonly ServedDatabase _database = new();

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        if (LocalServer.Postgres.Reason is not null)
            return;
        await (await _database.ServeAsync()).DisposeAsync();
        await _database.ExecuteAsync("""
            alter table videos add price numeric, add product_released_at timestamptz;
            update videos set price = split_part(title, ' ', 2)::int, product_released_at = timestamptz '2026-01-01 00:00Z' + split_part(title, ' ', 2)::int * interval '1 day';
            """);
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    [PostgresTheory]
    [InlineData("tags => '{odd}'", "1 3 5")]
    [InlineData("tags => '{odd,even}'", "0 1 3")]
    [InlineData("tags => '{none}'", null)]
    [InlineData("min_price => 10", "10 11 12")]
    [InlineData("min_price => 10, max_price => 11", "10 11")]
    [InlineData("released_from => '2026-01-31 00:00Z', tags => '{even}'", "30 32 34")]
    [InlineData("released_to => '2026-01-02 00:00Z'", "0")]
    public async Task Functions_WithFilters_AnswerOnlyWhatKeepsThem(string filter, string? expected)
    {
        foreach (var byId in new[] { false, true })
        {
            await TagAsync(byId);
            Assert.Equal(expected, await NamesAsync($"recommend_videos('no-uuid', 3, {filter})"));
            Assert.Equal(expected, await NamesAsync($"match_videos('[1,0,0,0]', 3, {filter})"));
            var popular = await NamesAsync($"recommend_videos('stranger', 40, {filter})");
            Assert.Equal(expected is null, popular is null);
            if (filter.StartsWith("tags => '{odd}'", StringComparison.Ordinal))
                Assert.StartsWith("5 ", popular, StringComparison.Ordinal); // the liked one first
        }
    }

    [PostgresFact]
    public async Task Diversity_MoreOfIt_SpreadsTheAnswer()
    {
        Assert.Equal("0 1 3 4", await NamesAsync("recommend_videos('no-uuid', 4)"));
        var half = (await NamesAsync("recommend_videos('no-uuid', 4, diversity => 0.7)"))!.Split(' ').Select(int.Parse).ToArray();
        Assert.Equal(0, half[0]); // the best comes first whatever comes then
        Assert.True(half.Max() >= 10, $"{string.Join(' ', half)}, expected some from farther away");
        Assert.Equal(4, half.Distinct().Count());
        Assert.Equal(39, (await NamesAsync("match_videos('[1,0,0,0]', 39, diversity => 1)"))!.Split(' ').Distinct().Count());
        await Assert.ThrowsAsync<PostgresException>(() => NamesAsync("recommend_videos('no-uuid', 4, diversity => 2)"));
    }

    [PostgresFact]
    public async Task Functions_AsAuthenticated_ReadUnderRowLevelSecurity()
    {
        await _database.ExecuteAsync("""
            grant select on videos, user_video_decisions to authenticated;
            alter table user_video_decisions enable row level security;
            create policy own on user_video_decisions for select to authenticated using (user_id = current_setting('request.user')::uuid);
            """);
        await using var connection = await _database.Pool.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, $"set local role authenticated; set local \"request.user\" = '{Generations.Ann}'");

        Assert.Equal("3 4", await NamesAsync($"recommend_videos('{Generations.Ann}', 2)", connection));
        Assert.Equal("5", await NamesAsync("recommend_videos('stranger', 1)", connection));
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(connection, "delete from video_embeddings"));
    }

    [PostgresTheory]
    [InlineData("'user'", "'no-uuid'::text", "idx_video_embeddings_cosine")]
    [InlineData("'halfvec'", "'[1,0,0,0]'::halfvec", "idx_video_embeddings_cosine")]
    [InlineData("'popularity'", "'stranger'::text", "video_popularity_score")]
    public async Task Plans_OverManyVideos_UseTheIndex(string basis, string argument, string expected)
    {
        // The index is made after the rows, as a load does; row by row it would take minutes.
        await _database.ExecuteAsync("""
            drop index idx_video_embeddings_cosine;
            insert into videos (id, price) select gen_random_uuid(), i from generate_series(1, 10000) i;
            insert into video_embeddings select id, array[random(), random(), random(), random()]::real[]::vector::halfvec from videos where title is null;
            create index idx_video_embeddings_cosine on video_embeddings using hnsw (embedding halfvec_cosine_ops);
            insert into video_popularity select id, random() from videos where title is null;
            analyze videos; analyze video_embeddings; analyze video_popularity;
            create function plan_of(basis text, argument anyelement) returns setof text language plpgsql as $$
            begin
              return query execute 'explain ' || two_tower.candidates_sql(basis, two_tower.candidate_filter(null, 5, null, null, null))
                using argument, 10, null::uuid, null::text[], 5::numeric, null::numeric, null::timestamptz, null::timestamptz;
            end $$;
            """);

        var plan = await _database.ScalarAsync<string>($"select string_agg(line, E'\\n') from plan_of({basis}, {argument}) line");

        Assert.Contains($" using {expected} on ", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on video_embeddings", plan, StringComparison.Ordinal);
        Assert.Equal(10, (await NamesAsync("recommend_videos('no-uuid', 10, min_price => 0)", id: true))!.Split(' ').Length);
    }

    // Both layouts that the field has.
    private Task TagAsync(bool byId) => _database.ExecuteAsync(
        "drop table if exists video_tags, tags;" + (byId
            ? """
              create table tags (id int primary key, name text); insert into tags values (0, 'even'), (1, 'odd');
              create table video_tags (video_id uuid, tag_id int);
              insert into video_tags select id, split_part(title, ' ', 2)::int % 2 from videos;
              """
            : """
              create table video_tags (video_id uuid, tag_name text);
              insert into video_tags select id, case split_part(title, ' ', 2)::int % 2 when 0 then 'even' else 'odd' end from videos;
              """));

    private async Task<string?> NamesAsync(string call, NpgsqlConnection? connection = null, bool id = false)
    {
        await using var own = connection is null ? await _database.Pool.OpenConnectionAsync() : null;
        var name = id ? "v.id::text" : "split_part(v.title, ' ', 2)";
        await using var command = new NpgsqlCommand($"select string_agg({name}, ' ' order by r.rank) from {call} r join videos v on v.id = r.video_id", connection ?? own);
        return await command.ExecuteScalarAsync() as string;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
