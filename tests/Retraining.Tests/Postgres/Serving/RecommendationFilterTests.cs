using Npgsql;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>Filters, diversity and row level security of the SQL functions. Video i costs i, came out on day i, is tagged even or odd.</summary>
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
    public async Task UnknownUser_HalfOfTheScore_IsWhatTheLastThirtyDaysLiked()
    {
        // 5 was liked once in January. 6 was liked twice, long before the newest decision, and 7 once on that day.
        await _database.ExecuteAsync($"""
            insert into user_video_decisions values
              (gen_random_uuid(), '{Generations.VideoId(6)}', 'like', '2025-01-01'), (gen_random_uuid(), '{Generations.VideoId(6)}', 'like', '2025-01-02'),
              (gen_random_uuid(), '{Generations.VideoId(7)}', 'like', '2026-03-01'), (gen_random_uuid(), '{Generations.VideoId(8)}', 'nope', '2026-03-01')
            """);
        await using var index = _database.Open();
        await Generations.LoadBothAsync(index, Generations.Second);
        await index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);

        var list = await index.RecommendAsync("stranger", null, 4, CancellationToken.None);

        // Ever, 2 likes are most; lately, 1 is. 7: .5 * 1/2 + .5 * 1/1, 6: .5 * 2/2, 5: .5 * 1/2, all others 0.
        Assert.Equal([("Title 7", 0.75), ("Title 6", 0.5), ("Title 5", 0.25)], list.Items.Take(3).Select(item => (item.Title!, item.Score)));
        Assert.Equal(0, list.Items[3].Score);
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
        Assert.Equal("3 4", await NamesAsync($"match_videos('[1,0,0,0]', 2, '{Generations.Ann}')", connection));
        Assert.Equal("3 4", await NamesAsync($"two_tower.answer('{Generations.Ann}', 2, null)", connection));
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(connection, "delete from video_embeddings"));
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

    private async Task<string?> NamesAsync(string call, NpgsqlConnection? connection = null)
    {
        await using var own = connection is null ? await _database.Pool.OpenConnectionAsync() : null;
        const string Select = "select string_agg(split_part(v.title, ' ', 2), ' ' order by r.rank)";
        await using var command = new NpgsqlCommand($"{Select} from {call} r join videos v on v.id = r.video_id", connection ?? own);
        return await command.ExecuteScalarAsync() as string;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
