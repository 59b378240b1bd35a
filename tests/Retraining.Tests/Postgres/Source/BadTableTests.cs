using System.Text.Json;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Postgres.Source;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Postgres.Source;

/// <summary>One bad thing at a time in otherwise good tables: the table is refused, or one row is put aside.</summary>
public sealed class BadTableTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Good =
        """
        create table profiles (user_id text, display_name text, created_at timestamptz);
        create table videos (id text, title text, price numeric, duration_seconds int, safety_level int, product_released_at timestamptz, created_at timestamptz);
        create table video_tags (video_id text, tag_name text);
        create table user_video_decisions (user_id text, video_id text, decision_type text, created_at timestamptz);
        insert into profiles values ('u1', 'One', '2025-01-01');
        insert into videos (id, price, product_released_at) values ('v1', 100, '2025-01-01');
        insert into video_tags values ('v1', 'a');
        insert into user_video_decisions values ('u1', 'v1', 'like', '2026-01-01');
        """;

    private readonly SyncRun _run = new();

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is null)
            await postgres.ExecuteAsync("drop schema if exists two_tower cascade; drop schema public cascade; create schema public; " + Good);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [PostgresFact]
    public async Task Sync_GoodTables_PutNothingAside() => Assert.Equal(0, (await SyncAsync()).QuarantinedCount);

    [PostgresTheory]
    [InlineData("profiles", "(user_id) values (null)", "user_id", "null", "a value")]
    [InlineData("profiles", "(user_id) values ('u1')", "user_id", "u1", "an id that no earlier row has")]
    [InlineData("profiles", "(user_id, created_at) values ('u2', '-infinity')", "created_at", "0002-01-01T00:00:00Z", "a date from 1990-01-01T00:00:00Z to 2026-06-02T00:00:00Z")]
    [InlineData("profiles", "(user_id, created_at) values ('u2', '0044-03-15 BC')", "created_at", "0002-01-01T00:00:00Z", "a date from 1990-01-01T00:00:00Z to 2026-06-02T00:00:00Z")]
    [InlineData("videos", "(id) values (null)", "id", "null", "a value")]
    [InlineData("videos", "(id) values ('  ')", "id", "null", "a value")]
    [InlineData("videos", "(id) values ('v1')", "id", "v1", "an id that no earlier row has")]
    [InlineData("videos", "(id, price) values ('v2', -1)", "price", "-1", "a finite number of 0 or more")]
    [InlineData("videos", "(id, price) values ('v2', 'NaN')", "price", "NaN", "a finite number of 0 or more")]
    [InlineData("videos", "(id, duration_seconds) values ('v2', -5)", "duration_seconds", "-5", "0 or more")]
    [InlineData("videos", "(id, product_released_at) values ('v2', '2999-01-01')", "product_released_at", "2999-01-01T00:00:00Z", "a date from 1870-01-01T00:00:00Z to 2031-06-01T00:00:00Z")]
    [InlineData("videos", "(id, created_at) values ('v2', 'infinity')", "created_at", "9998-12-31T00:00:00Z", "a date from 1990-01-01T00:00:00Z to 2026-06-02T00:00:00Z")]
    [InlineData("user_video_decisions", "values (null, 'v1', 'like', '2026-01-01')", "user_id", "null", "a value")]
    [InlineData("user_video_decisions", "values ('u1', null, 'like', '2026-01-01')", "video_id", "null", "a value")]
    [InlineData("user_video_decisions", "values ('u1', 'v1', ' ', '2026-01-01')", "decision_type", "null", "a value")]
    [InlineData("user_video_decisions", "values ('u1', 'v1', 'like', null)", "created_at", "null", "a value")]
    [InlineData("user_video_decisions", "values ('u1', 'v1', 'like', '2026-06-03')", "created_at", "2026-06-03T00:00:00Z", "a date from 1990-01-01T00:00:00Z to 2026-06-02T00:00:00Z")]
    [InlineData("user_video_decisions", "values ('u1', 'gone', 'like', '2026-01-01')", "video_id", "gone", "the id of a video")]
    public async Task Sync_BadRow_IsPutAsideWithTableRowFieldFoundAndExpected(string table, string insert, string field, string found, string expected)
    {
        var good = await new SyncRun().FromAsync(new PostgresSource(postgres.Database));
        await postgres.ExecuteAsync($"insert into {table} {insert}");
        var snapshot = await SyncAsync();

        Assert.Equal(good.Hash, snapshot.Hash);
        using var entry = JsonDocument.Parse(Assert.Single(_run.Quarantine(snapshot)));
        Assert.Equal(("public." + table, 2, field, found, expected),
            (Text("file"), entry.RootElement.GetProperty("row").GetInt32(), Text("field"), Text("found"), Text("expected")));

        string Text(string name) => entry.RootElement.GetProperty(name).GetString()!;
    }

    [PostgresTheory]
    [InlineData("drop table user_video_decisions", "public.user_video_decisions: no such table that this user may read, expected one with user_id, video_id, decision_type, created_at")]
    [InlineData("drop table profiles", "public.profiles: no such table that this user may read, expected one with user_id")]
    [InlineData("alter table videos rename id to video", "public.videos: no column id, found created_at, duration_seconds, price, product_released_at, safety_level, title, video")]
    [InlineData("alter table video_tags rename tag_name to tag", "public.video_tags: found the columns tag, video_id, expected (video_id, tag_name), or (video_id, tag_id) beside public.tags(id, name)")]
    [InlineData("truncate videos", "videos: 0 rows, expected at least 1")]
    [InlineData("truncate user_video_decisions", "decisions: 0 rows, expected at least 1")]
    [InlineData("alter table videos alter price type text; update videos set price = 'free'", "public.videos: PostgreSQL refuses (invalid input syntax for type double precision: \"free\" (22P02)), expected it to read and write the service's tables")]
    [InlineData("alter table user_video_decisions alter created_at type text; update user_video_decisions set created_at = 'yesterday noon'", "PostgreSQL refuses (invalid input syntax for type timestamp with time zone: \"yesterday noon\" (22007)), expected it to read and write the service's tables")]
    [InlineData("update videos set safety_level = 70000", "public.videos: PostgreSQL refuses (smallint out of range (22003)), expected it to read and write the service's tables")]
    public async Task Sync_TableThatIsNotWhatItShouldBe_SaysWhereAndWhy(string change, string expected)
    {
        await postgres.ExecuteAsync(change);
        var message = (await Assert.ThrowsAsync<PermanentStageException>(SyncAsync)).Message;
        Assert.EndsWith(expected, message.Replace(", after row 0", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(_run.Work.Files.Keys, path => path.EndsWith(".parquet", StringComparison.Ordinal));
    }

    [PostgresFact]
    public async Task Sync_GiganticRow_IsRead()
    {
        await postgres.ExecuteAsync("update videos set title = repeat('あ', 8000000)");
        var data = await _run.ReadAsync(await SyncAsync());
        Assert.Equal(8_000_000, Assert.Single(data.Catalogue.Videos).Title!.Length);
    }

    private Task<Snapshot> SyncAsync() => _run.FromAsync(new PostgresSource(postgres.Database));
}
