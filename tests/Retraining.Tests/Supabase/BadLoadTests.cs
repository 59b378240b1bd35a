using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
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
/// A project loaded into a local PostgreSQL with one thing wrong at a time: a row that the tables cannot hold is put aside, and a load that fails
/// changes nothing.
/// </summary>
public sealed class BadLoadTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string User = "00000000-0000-0000-0000-000000000001", Video = "00000000-0000-0000-0000-0000000000a1";

    /// <summary>The first row tells the columns.</summary>
    private static readonly Dictionary<string, string> Good = new(StringComparer.Ordinal)
    {
        ["profiles"] = $$"""{"user_id": "{{User}}", "display_name": "One", "created_at": "2025-01-01T00:00:00Z"}""",
        ["videos"] = $$"""
            {"id": "{{Video}}", "title": "One", "description": null, "price": 1, "duration_seconds": 1, "safety_level": 1, "is_active": true,
             "region_codes": ["JP"], "created_at": "2025-01-01T00:00:00Z"}
            """,
        ["video_tags"] = $$"""{"video_id": "{{Video}}", "tag_name": "a"}""",
        ["user_video_decisions"] = $$"""{"user_id": "{{User}}", "video_id": "{{Video}}", "decision_type": "like", "created_at": "2026-01-01T00:00:00Z"}""",
    };

    private byte[] _quarantine = [];
    private FixedProject _project = null!;

    public async Task InitializeAsync()
    {
        _project = await FixedProject.StartAsync();
        foreach (var (table, row) in Good)
            _project.Set(table, $"[{row}]");
        if (LocalServer.Postgres.Reason is not null)
            return;
        await postgres.ExecuteAsync("drop schema if exists two_tower cascade; drop schema public cascade; create schema public");
        using var folder = new SourceFolder();
        folder.Write(SourceFolder.Profiles, "[]");
        folder.Write(SourceFolder.Videos, """[{"id": "00000000-0000-0000-0000-0000000000ee", "title": "Kept", "tags": ["kept"]}]""");
        folder.Write(SourceFolder.Decisions, "[" + SyncSourceTests.Decision(User, "00000000-0000-0000-0000-0000000000ee", "nope", "2026-01-01") + "]");
        await using var before = new FolderSource(folder.Path);
        await new PostgresLoader(postgres.Database).LoadAsync(before, replace: true, new QuarantineWriter(Stream.Null, true), CancellationToken.None);
    }

    public async Task DisposeAsync() => await _project.DisposeAsync();

    [PostgresFact]
    public async Task Load_GoodProject_ReplacesWhatWasThere()
    {
        Assert.Equal(new LoadedTables(new(1, 1, 1), new(1, 1, 1)), await LoadAsync());
        Assert.Empty(Quarantine());
        Assert.Equal("One with a", await postgres.ScalarAsync<string>("select title || ' with ' || tag_name from videos join video_tags on video_id = id"));
    }

    [PostgresTheory]
    [InlineData("profiles", """{"user_id": "u9"}""", "user_id", "u9", "a UUID")]
    [InlineData("profiles", """{"user_id": "00000000-0000-0000-0000-000000000009", "created_at": "yesterday"}""", "created_at", "\"yesterday\"", "an ISO 8601 date such as 2026-03-01T12:00:00Z")]
    [InlineData("profiles", """{"user_id": "00000000-0000-0000-0000-000000000009", "display_name": ["A"]}""", "display_name", "[\"A\"]", "text")]
    [InlineData("profiles", """{"user_id": "00000000-0000-0000-0000-000000000009", "display_name": "\ud800"}""", "row", null, "UTF-8 text")]
    [InlineData("videos", """{"id": "v9"}""", "id", "v9", "a UUID")]
    [InlineData("videos", """{"id": "00000000-0000-0000-0000-0000000000a9", "price": "free"}""", "price", "\"free\"", "a number")]
    [InlineData("videos", """{"id": "00000000-0000-0000-0000-0000000000a9", "duration_seconds": 3000000000}""", "duration_seconds", "3000000000", "a whole number in [-2147483648, 2147483647]")]
    [InlineData("videos", """{"id": "00000000-0000-0000-0000-0000000000a9", "safety_level": 70000}""", "safety_level", "70000", "a whole number in [-32768, 32767]")]
    [InlineData("videos", """{"id": "00000000-0000-0000-0000-0000000000a9", "is_active": "yes"}""", "is_active", "\"yes\"", "true or false")]
    [InlineData("videos", """{"id": "00000000-0000-0000-0000-0000000000a9", "region_codes": "JP"}""", "region_codes", "\"JP\"", "an array of names")]
    [InlineData("videos", """{"id": "00000000-0000-0000-0000-0000000000a9", "created_at": 7}""", "created_at", "7", "an ISO 8601 date such as 2026-03-01T12:00:00Z")]
    [InlineData("user_video_decisions", """{"user_id": 17, "video_id": "00000000-0000-0000-0000-0000000000a1", "decision_type": "like", "created_at": "2026-01-01"}""", "user_id", "17", "a UUID")]
    [InlineData("user_video_decisions", """{"user_id": "00000000-0000-0000-0000-000000000001", "video_id": "v9", "decision_type": "like", "created_at": "2026-01-01"}""", "video_id", "v9", "a UUID")]
    [InlineData("user_video_decisions", """{"user_id": "00000000-0000-0000-0000-000000000001", "video_id": "00000000-0000-0000-0000-0000000000a9", "decision_type": "like", "created_at": "2026-01-01"}""", "video_id", "00000000-0000-0000-0000-0000000000a9", "the id of a video")]
    [InlineData("user_video_decisions", """{"user_id": "00000000-0000-0000-0000-000000000001", "video_id": "00000000-0000-0000-0000-0000000000a1", "decision_type": null, "created_at": "2026-01-01"}""", "decision_type", "nothing", "text")]
    [InlineData("user_video_decisions", """{"user_id": "00000000-0000-0000-0000-000000000001", "video_id": "00000000-0000-0000-0000-0000000000a1", "decision_type": "like"}""", "created_at", "nothing", "an ISO 8601 date such as 2026-03-01T12:00:00Z")]
    public async Task Load_RowThatNoTableHolds_IsPutAsideWithTableRowFieldFoundAndExpected(string table, string row, string field, string? found, string expected)
    {
        _project.Set(table, $"[{Good[table]}, {row}]");
        var result = await LoadAsync();

        Assert.Equal(new RowCounts(1, 1, 1), result.Loaded);
        Assert.Equal(4, result.Read.Profiles + result.Read.Videos + result.Read.Decisions);
        var entry = Assert.Single(Quarantine());
        Assert.Equal((table, 2, field, expected), (Text(entry, "file"), entry.GetProperty("row").GetInt32(), Text(entry, "field"), Text(entry, "expected")));
        if (found is not null)
            Assert.Equal(found, Text(entry, "found"));
    }

    [PostgresFact]
    public async Task Load_TextThatIsNoUtf8_CostsItsRowOnly()
    {
        _project.Set("videos", Encoding.UTF8.GetBytes($"[{Good["videos"]}, {{\"id\": \"00000000-0000-0000-0000-0000000000a9\", \"title\": \""), [0xE3, 0x28], "\"}]"u8.ToArray());
        Assert.Equal(new RowCounts(1, 1, 1), (await LoadAsync()).Loaded);
        Assert.Equal("UTF-8 text", Text(Assert.Single(Quarantine()), "expected"));
    }

    [PostgresFact]
    public async Task Load_GiganticRow_CostsItsRowOnly()
    {
        _project.Set("videos", $$"""[{{Good["videos"]}}, {"id": "00000000-0000-0000-0000-0000000000a9", "title": "{{new string('x', 33 << 20)}}"}]""");
        Assert.Equal(new RowCounts(1, 1, 1), (await LoadAsync()).Loaded);
        Assert.Equal("more than 32 MiB", Text(Assert.Single(Quarantine()), "found"));
    }

    [PostgresFact]
    public async Task Load_NameThatNoIndexHolds_CostsItsVideoOnly()
    {
        var name = string.Concat(Enumerable.Range(0, 1000).Select(i => (char)(0x4E00 + (i * 7919 % 20_000)))); // 3,000 bytes that hardly compress
        using var folder = new SourceFolder();
        folder.Write(SourceFolder.Profiles, "[]");
        folder.Write(SourceFolder.Videos, $$"""[{{Good["videos"]}}, {"id": "00000000-0000-0000-0000-0000000000a9", "tags": ["a", "{{name}}"]}]""");
        folder.Write(SourceFolder.Decisions, $"[{Good["user_video_decisions"]}]");
        await using var source = new FolderSource(folder.Path);
        Assert.Equal(new RowCounts(0, 1, 1), (await LoadAsync(source)).Loaded);
        var entry = Assert.Single(Quarantine());
        Assert.Equal(("videos.json", "tags", "names of at most 2000 bytes in UTF-8"), (Text(entry, "file"), Text(entry, "field"), Text(entry, "expected")));
        Assert.InRange(Text(entry, "found")!.Length, 10, 100);
    }

    [PostgresFact]
    public async Task Load_ZeroCharacterAndDatesAtTheEnds_AreKept()
    {
        _project.Set("profiles", $$"""[{{Good["profiles"]}}, {"user_id": "00000000-0000-0000-0000-000000000009", "display_name": "A\u0000B", "created_at": "0001-01-01T00:00:00Z"}]""");
        Assert.Equal(new RowCounts(2, 1, 1), (await LoadAsync()).Loaded);
        Assert.Empty(Quarantine());
        Assert.Equal("AB", await postgres.ScalarAsync<string>("select display_name from profiles where user_id::text like '%9'"));
    }

    [PostgresTheory]
    [InlineData(401, """{"code":"PGRST301","message":"JWT expired"}""", "refused with 401")]
    [InlineData(403, """{"code":"42501","message":"permission denied"}""", "refused with 403")]
    [InlineData(404, """{"code":"PGRST205","message":"Could not find the table"}""", "refused with 404")]
    [InlineData(302, "", "found a redirect (302)")]
    [InlineData(200, "<!doctype html><title>Dashboard</title>", "<!doctype html>")]
    [InlineData(200, """{"message": "hello"}""", "expected a JSON array of rows")]
    [InlineData(200, """[{"user_id": "00000000-0000-0000-0000-0000000000""", "no usable answer in 6 attempts")]
    [InlineData(429, "", "no usable answer in 6 attempts")]
    [InlineData(503, "", "no usable answer in 6 attempts")]
    public async Task Load_PageOfDecisionsThatNeverComes_ChangesNothing(int status, string body, string expected)
    {
        Intercept((context, page) =>
        {
            if (page > 1)
                FixedProject.Send(context, body, status, body.StartsWith('<') ? "text/html" : "application/json");
            return page > 1;
        });
        await ChangesNothingAsync(expected);
    }

    [PostgresTheory]
    [InlineData("drop table video_tags; create table video_tags (video_id uuid, tag_id int)", "public.video_tags: no columns (video_id, tag_name)")]
    [InlineData("alter table videos drop column price", "column \"price\" of relation \"videos\" does not exist")]
    [InlineData("alter table videos add check (title <> 'One')", "violates check constraint")]
    [InlineData("alter table user_video_decisions alter user_id type bigint using 1", "is of type bigint but expression is of type uuid")]
    [InlineData("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full' using errcode = '53100'; end $$; "
        + "create trigger refuse before insert on user_video_decisions execute function refuse()", "the disk is full (53100)")]
    public async Task Load_TablesThatTakeNoRow_ChangesNothing(string change, string expected)
    {
        await postgres.ExecuteAsync(change);
        await ChangesNothingAsync(expected, ofTags: !change.StartsWith("drop table video_tags", StringComparison.Ordinal));
    }

    [PostgresFact]
    public async Task Load_DatabaseThatEndsTheConnection_ChangesNothingAndMayBeTriedAgain()
    {
        Intercept((_, page) =>
        {
            if (page == 2)
                postgres.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()").GetAwaiter().GetResult();
            return false;
        });
        Assert.True(TransientFaults.IsTransient(await ChangesNothingAsync("PostgreSQL went away")));
        _project.FailFirst(0, _ => { });
        Assert.Equal(new RowCounts(1, 1, 1), (await LoadAsync()).Loaded);
    }

    private async Task<Exception> ChangesNothingAsync(string expected, bool ofTags = true)
    {
        var error = await Record.ExceptionAsync(LoadAsync);
        Assert.NotNull(error);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(RestServer.Key, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            "Kept, nope",
            await postgres.ScalarAsync<string>("select string_agg(title || ', ' || decision_type, '; ') from videos left join user_video_decisions on video_id = id"));
        Assert.Equal(0L, await postgres.ScalarAsync<long>("select count(*) from profiles"));
        if (ofTags)
            Assert.Equal("kept", await postgres.ScalarAsync<string>("select string_agg(tag_name, ',') from video_tags"));
        return error;
    }

    /// <summary>Looks at each request for decisions, counted from 1: the first asks for the columns.</summary>
    private void Intercept(Func<HttpContext, int, bool> answer)
    {
        var pages = 0;
        _project.Server.Intercept = async (context, _) =>
        {
            var isAnswered = context.Request.Path.Value!.EndsWith("user_video_decisions", StringComparison.Ordinal) && answer(context, Interlocked.Increment(ref pages));
            if (!isAnswered)
                await _project.AnswerAsync(context);
            return true;
        };
    }

    private async Task<LoadedTables> LoadAsync()
    {
        var context = new SourceContext(new("sync", SyncRun.StartedAt, 1, new Progress<StageProgress>()), new MemoryArtifactStore());
        await using var source = new SupabaseSource(
            new SupabaseClient(_project.Server.Project(), _project.Time), new SourceSettings { Kind = "supabase", PageSize = 10 }, context);
        return await LoadAsync(source);
    }

    private async Task<LoadedTables> LoadAsync(ISource source)
    {
        using var quarantine = new MemoryStream();
        var loaded = await new PostgresLoader(postgres.Database).LoadAsync(source, replace: true, new QuarantineWriter(quarantine, showRows: true), CancellationToken.None);
        _quarantine = quarantine.ToArray();
        return loaded;
    }

    private JsonElement[] Quarantine() =>
        [.. Encoding.UTF8.GetString(_quarantine).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string? Text(JsonElement entry, string name) => entry.GetProperty(name).GetString();
}
