using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Retraining.Execution;
using Retraining.Local.Artifacts;
using Retraining.Postgres;
using Retraining.Postgres.Source;
using Retraining.Source;

namespace Benchmarks;

/// <summary>
/// A service's whole data from PostgreSQL to a snapshot. Makes a database <c>sync_benchmark</c> beside that of <c>DATABASE_URL</c>, once, and prints
/// for each round rows a second (decisions, videos and profiles; their tags and performers come on top), processor time and peak memory of this process.
/// </summary>
internal static class SyncBenchmark
{
    private const string Name = "sync_benchmark";

    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        var (decisions, videos, users) = (arguments.Number("decisions", 5_000_000), arguments.Number("videos", 200_000), arguments.Number("users", 100_000));
        var dsn = Environment.GetEnvironmentVariable("DATABASE_URL") ?? throw new InvalidOperationException("DATABASE_URL is not set");
        await using var database = await OpenAsync(PostgresDsn.ToConnectionString(dsn), decisions, videos, users);
        var folder = Directory.CreateTempSubdirectory("sync-benchmark-").FullName;
        using var process = Process.GetCurrentProcess();
        for (var round = 0; round < arguments.Number("rounds", 3); round++)
        {
            var work = new LocalArtifactStore(folder);
            var context = new StageContext($"round-{round}", DateTimeOffset.UtcNow, 1, new Progress<StageProgress>());
            var (began, processor) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            var snapshot = await new SyncSource((_, _) => new PostgresSource(database), () => null, work)
                .RunAsync(new(new SourceSettings { Kind = "postgres" }), context, CancellationToken.None);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            process.Refresh();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{snapshot.InteractionCount} decisions, {snapshot.VideoCount} videos, {snapshot.ProfileCount} profiles: {seconds:F2} s, "
                + $"{(decisions + videos + users) / seconds / 1e6:F2} million rows a second, {(process.TotalProcessorTime - processor).TotalSeconds:F2} processor seconds here, "
                + $"{process.PeakWorkingSet64 >> 20} MB at the peak, {snapshot.Interactions.SizeBytes >> 20} + {snapshot.Videos.SizeBytes >> 20} MB written"));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<NpgsqlDataSource> OpenAsync(string connection, int decisions, int videos, int users)
    {
        await using var server = NpgsqlDataSource.Create(connection);
        await using var exists = server.CreateCommand($"select count(*) from pg_database where datname = '{Name}'");
        var isNew = (long)(await exists.ExecuteScalarAsync())! == 0;
        if (isNew)
            await ExecuteAsync(server, $"create database {Name} template template0");
        var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Database = Name, CommandTimeout = 0 }.ConnectionString);
        if (isNew)
            await ExecuteAsync(database, Fill(decisions, videos, users));
        return database;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The service's tables without keys, which reading does not use: four tags and two performers a video.</summary>
    private static string Fill(int decisions, int videos, int users) =>
        $$"""
        create unlogged table public.profiles as
        select ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid as user_id, 'user ' || i as display_name,
          timestamptz '2024-01-01' + i * interval '1 minute' as created_at
        from generate_series(1, {{users}}) i;

        create unlogged table public.videos as
        select md5('v' || i)::uuid as id, 'ext' || i as external_id, '夏の海と猫 ' || md5(i::text) as title,
          repeat('猫と海の物語 a story of cats ', 4) || md5('d' || i) as description, 'maker ' || i % 300 as maker, 'label ' || i % 500 as label,
          'series ' || i % 2000 as series, 'director ' || i % 400 as director, 'shop' as source, 'https://example.com/product/' || i as product_url,
          'https://example.com/thumbnail/' || i || '.jpg' as thumbnail_url, timestamptz '2023-01-01' + i * interval '3 minute' as product_released_at,
          timestamptz '2023-01-01' + i * interval '3 minute' as distribution_started_at, null::timestamptz as published_at,
          timestamptz '2023-01-01' + i * interval '3 minute' as created_at, 600 + i % 7000 as duration_seconds, (i % 3000)::numeric as price,
          (i % 3)::smallint as safety_level, '{JP}'::text[] as region_codes, true as is_active
        from generate_series(1, {{videos}}) i;

        create unlogged table public.video_tags as
        select md5('v' || i)::uuid as video_id, 'tag ' || (i * 7 + t * 13) % 400 as tag_name from generate_series(1, {{videos}}) i, generate_series(1, 4) t;

        create unlogged table public.video_performers as
        select md5('v' || i)::uuid as video_id, 'performer ' || (i * 3 + t * 17) % 3000 as performer_name
        from generate_series(1, {{videos}}) i, generate_series(1, 2) t;

        create unlogged table public.user_video_decisions as
        select ('00000000-0000-4000-8000-' || lpad(to_hex(1 + i * 7919::bigint % {{users}}), 12, '0'))::uuid as user_id,
          md5('v' || 1 + (i * 104729::bigint + i / {{users}}) % {{videos}})::uuid as video_id,
          case when i % 3 = 0 then 'like' else 'nope' end as decision_type, timestamptz '2025-01-01' + i * interval '5 second' as created_at
        from generate_series(1, {{decisions}}) i;

        analyze;
        """;
}
