using System.Globalization;
using System.Text;
using Retraining.Execution;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Supabase.Source;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Supabase;

/// <summary>
/// Whatever happens to the rows between syncs and wherever a sync is killed: what it ends in is what reading everything gives, rows that are
/// gone at the latest when the tables are read whole.
/// </summary>
public sealed class RandomSyncTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Keys = 9, FullSyncEvery = 3;

    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly MemoryArtifactStore _store = new();
    private readonly InstantTime _time = new();

    /// <summary>Tables of which a row is gone and that were not read whole since.</summary>
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private DateTimeOffset _now = Begin;
    private RestServer _server = null!;

    [PostgresTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Sync_AnyChangesAndCrashes_EndInWhatIsThere(int seed)
    {
        await postgres.ExecuteAsync(
            """
            drop schema public cascade; create schema public;
            create table profiles (user_id text primary key, display_name text, created_at timestamptz, updated_at timestamptz);
            create table videos (id text primary key, title text, updated_at timestamptz);
            create table tags (id int primary key, name text, updated_at timestamptz);
            create table video_tags (video_id text, tag_id int, created_at timestamptz, primary key (video_id, tag_id));
            create table user_video_decisions (user_id text, video_id text, decision_type text, created_at timestamptz, updated_at timestamptz,
              primary key (user_id, video_id));
            """);
        await using var server = _server = await RestServer.StartAsync(postgres.Database);
        var random = new Random(seed);
        await ChangeAsync(random, changes: 40, deletes: 0);
        var (compared, crashes) = (0, 0);
        for (var round = 0; round < 8; round++)
        {
            await ChangeAsync(random, changes: random.Next(12), deletes: random.Next(3) == 0 ? 3 : 0);
            var context = new StageContext($"run-{round}", _now, 1, new Progress<StageProgress>());
            var changedWithin = false;
            while (random.Next(2) == 0)
            {
                crashes += await CrashAsync(random, context) ? 1 : 0;
                var changes = random.Next(3) == 0 ? 3 : 0;
                await ChangeAsync(random, changes, deletes: 0);
                changedWithin |= changes > 0;
            }

            var run = new SyncRun { Work = _store, Context = context };
            var snapshot = await run.FromAsync((_, opened) => Open(opened), Settings);
            _gone.IntersectWith((await run.ReportAsync(snapshot)).Fetched!.Where(table => table.ChangedSince is not null).Select(table => table.Table));
            if (changedWithin || _gone.Count > 0)
                continue;
            compared++;
            var expected = await new SyncRun { Context = context }.FromAsync(new PostgresSource(postgres.Database));
            Assert.True(expected.Hash == snapshot.Hash, $"seed {seed}, round {round}: {snapshot} instead of {expected}");
        }

        Assert.True(compared >= 3 && crashes > 0, $"{compared} rounds compared, {crashes} crashes");
    }

    private static SourceSettings Settings { get; } = new() { Kind = "supabase", PageSize = 4, FullSyncEvery = FullSyncEvery };

    private SupabaseSource Open(SourceContext context) => new(new SupabaseClient(_server.Project(), _time), Settings, context) { PartBytes = 150 };

    /// <summary>An attempt that ends early: the network breaks for good, or the process is killed between two files.</summary>
    /// <returns>Whether it ended early.</returns>
    private async Task<bool> CrashAsync(Random random, StageContext context)
    {
        var (last, kill) = (_server.Requests.Count + random.Next(60), random.Next(2) == 0);
        if (!kill)
            _server.Intercept = (http, number) =>
            {
                if (number > last)
                    http.Abort();
                return Task.FromResult(number > last);
            };
        try
        {
            await new SyncSource((_, opened) => Open(opened), () => null, new CrashingStore(_store, kill ? random.Next(30) : int.MaxValue))
                .RunAsync(new(Settings), context, CancellationToken.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        finally
        {
            _server.Intercept = (_, _) => Task.FromResult(false);
        }
    }

    private async Task ChangeAsync(Random random, int changes, int deletes)
    {
        var sql = new StringBuilder();
        for (var i = 0; i < changes; i++)
        {
            _now += TimeSpan.FromHours(random.Next(1, 30));
            // Some changes arrive late, within the overlap of a day.
            var at = (_now - TimeSpan.FromHours(random.Next(3) == 0 ? random.Next(20) : 0)).ToString("O", CultureInfo.InvariantCulture);
            var (user, video, word, tag) = (random.Next(Keys), random.Next(Keys), random.Next(100), random.Next(4));
            sql.AppendLine(random.Next(6) switch
            {
                0 => $"insert into profiles values ('u{user}', 'name {word}', '2026-01-01', '{at}') on conflict (user_id) do update set display_name = excluded.display_name, updated_at = excluded.updated_at;",
                1 => $"insert into videos values ('v{video}', 'title {word}', '{at}') on conflict (id) do update set title = excluded.title, updated_at = excluded.updated_at;",
                2 => $"insert into tags values ({tag}, 'tag {word}', '{at}') on conflict (id) do update set name = excluded.name, updated_at = excluded.updated_at;",
                3 => $"insert into video_tags values ('v{video}', {tag}, '{at}') on conflict do nothing;",
                _ => $"insert into user_video_decisions values ('u{user}', 'v{video}', '{(word % 2 == 0 ? "like" : "nope")}', '2026-02-{1 + (word % 20):00}', '{at}') "
                    + "on conflict (user_id, video_id) do update set decision_type = excluded.decision_type, created_at = excluded.created_at, updated_at = excluded.updated_at;",
            });
        }

        for (var i = 0; i < deletes; i++)
        {
            var (table, key, letter) = random.Next(4) switch
            {
                0 => ("profiles", "user_id", 'u'),
                1 => ("videos", "id", 'v'),
                2 => ("video_tags", "video_id", 'v'),
                _ => ("user_video_decisions", "user_id", 'u'),
            };
            sql.AppendLine($"delete from {table} where {key} = '{letter}{random.Next(Keys)}';");
            _gone.Add(table);
        }

        if (sql.Length > 0)
            await postgres.ExecuteAsync(sql.ToString());
    }
}
