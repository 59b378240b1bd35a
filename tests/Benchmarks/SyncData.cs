using Npgsql;

namespace Benchmarks;

/// <summary>Databases of the sync's benchmark, made once beside that of <c>DATABASE_URL</c>.</summary>
/// <param name="Name">Of the database.</param>
/// <param name="Whole">With profiles, tags and performers; decisions and videos alone otherwise.</param>
internal sealed record SyncData(string Name, bool Whole, int Decisions, int Videos, int Users)
{
    /// <summary>What a rate counts: tags and performers, six a video, come on top.</summary>
    public int Rows => Decisions + Videos + (Whole ? Users : 0);

    public static string ConnectionTo(string server, string name) =>
        new NpgsqlConnectionStringBuilder(server) { Database = name, CommandTimeout = 0 }.ConnectionString;

    /// <param name="server">Connection string of any database of the server.</param>
    public async Task MakeAsync(string server)
    {
        await using (var databases = NpgsqlDataSource.Create(server))
        {
            await using var exists = databases.CreateCommand($"select count(*) from pg_database where datname = '{Name}'");
            if ((long)(await exists.ExecuteScalarAsync())! > 0)
                return;
            await ExecuteAsync(databases, $"create database {Name} template template0");
        }

        await using var database = NpgsqlDataSource.Create(ConnectionTo(server, Name));
        await ExecuteAsync(database, Fill());
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The service's tables without keys, which reading does not use: four tags and two performers a video.</summary>
    private string Fill() =>
        $$"""
        create unlogged table public.profiles as
        select ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid as user_id, 'user ' || i as display_name,
          timestamptz '2024-01-01' + i * interval '1 minute' as created_at
        from generate_series(1, {{(Whole ? Users : 0)}}) i;

        create unlogged table public.videos as
        select md5('v' || i)::uuid as id, 'ext' || i as external_id, '夏の海と猫 ' || md5(i::text) as title,
          repeat('猫と海の物語 a story of cats ', 4) || md5('d' || i) as description, 'maker ' || i % 300 as maker, 'label ' || i % 500 as label,
          'series ' || i % 2000 as series, 'director ' || i % 400 as director, 'shop' as source, 'https://example.com/product/' || i as product_url,
          'https://example.com/thumbnail/' || i || '.jpg' as thumbnail_url, timestamptz '2023-01-01' + i * interval '3 minute' as product_released_at,
          timestamptz '2023-01-01' + i * interval '3 minute' as distribution_started_at, null::timestamptz as published_at,
          timestamptz '2023-01-01' + i * interval '3 minute' as created_at, 600 + i % 7000 as duration_seconds, (i % 3000)::numeric as price,
          (i % 3)::smallint as safety_level, '{JP}'::text[] as region_codes, true as is_active
        from generate_series(1, {{Videos}}) i;

        create unlogged table public.video_tags as
        select md5('v' || i)::uuid as video_id, 'tag ' || (i * 7 + t * 13) % 400 as tag_name from generate_series(1, {{(Whole ? Videos : 0)}}) i, generate_series(1, 4) t;

        create unlogged table public.video_performers as
        select md5('v' || i)::uuid as video_id, 'performer ' || (i * 3 + t * 17) % 3000 as performer_name
        from generate_series(1, {{(Whole ? Videos : 0)}}) i, generate_series(1, 2) t;

        create unlogged table public.user_video_decisions as
        select ('00000000-0000-4000-8000-' || lpad(to_hex(1 + i * 7919::bigint % {{Users}}), 12, '0'))::uuid as user_id,
          md5('v' || 1 + (i * 104729::bigint + i / {{Users}}) % {{Videos}})::uuid as video_id,
          case when i % 3 = 0 then 'like' else 'nope' end as decision_type, timestamptz '2025-01-01' + i * interval '5 second' as created_at
        from generate_series(1, {{Decisions}}) i;

        analyze;
        """;
}
