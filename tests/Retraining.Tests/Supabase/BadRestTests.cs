using System.IO.Compression;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Supabase;
using Retraining.Supabase.Source;

namespace Retraining.Tests.Supabase;

/// <summary>A server that does one thing wrong at a time: named, counted, and survived where it can be.</summary>
public sealed class BadRestTests : IAsyncLifetime
{
    private FixedProject _project = null!;

    public async Task InitializeAsync() => _project = await FixedProject.StartAsync();

    public async Task DisposeAsync() => await _project.DisposeAsync();

    [Fact]
    public async Task Sync_GoodServer_Works() => Assert.Equal(1, (await SyncAsync()).InteractionCount);

    [Theory]
    [InlineData(429)]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(522)]
    public async Task Sync_BusyServer_IsAskedAgain(int status)
    {
        _project.FailFirst(3, context => context.Response.StatusCode = status);
        Assert.Equal(1, (await SyncAsync()).InteractionCount);
        Assert.Equal([0.5, 1, 2], _project.Time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Mon, 01 Jun 2026 00:00:30 GMT", 30)]
    [InlineData("Sun, 31 May 2026 23:00:00 GMT", 0)]
    [InlineData("86400", 120)]
    public async Task Sync_RetryAfter_IsWaitedForUpToTwoMinutes(string header, double seconds)
    {
        _project.FailFirst(1, context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = header;
        });
        await SyncAsync();
        Assert.Equal(seconds > 0 ? [seconds] : [], _project.Time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Sync_ServerThatStaysAway_EndsAsAFaultThatMayPass()
    {
        _project.FailFirst(int.MaxValue, context => context.Response.StatusCode = 503);
        var error = await Assert.ThrowsAsync<IOException>(SyncAsync);
        Assert.Equal($"{_project.Server.Address}, videos: no usable answer in 6 attempts (503 Service Unavailable), expected one", error.Message);
        Assert.True(TransientFaults.IsTransient(error));
        Assert.Equal(6, _project.Server.Requests.Count);
    }

    [Fact]
    public async Task Sync_FailureInTheMiddle_RepeatsThatPageOnly()
    {
        _project.Server.Intercept = async (context, number) =>
        {
            if (number is 3 or 4)
                context.Abort();
            else
                await _project.AnswerAsync(context);
            return true;
        };
        Assert.Equal(1, (await SyncAsync()).InteractionCount);
        Assert.Equal(_project.Server.Requests[2], _project.Server.Requests[3]);
        Assert.Single(_project.Server.Requests, request => request.StartsWith("/rest/v1/videos?select=*", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sync_HalfAPage_IsAskedForAgain()
    {
        _project.FailFirst(2, context => FixedProject.Send(context, """[{"id": "v1", "ti"""));
        Assert.Equal(1, (await SyncAsync()).InteractionCount);
        Assert.Equal(2, _project.Time.Waits.Count);
    }

    [Theory]
    [InlineData(401, """{"code":"PGRST301","message":"JWT expired"}""", "refused with 401 {\"code\":\"PGRST301\",\"message\":\"JWT expired\"}, expected SUPABASE_SERVICE_ROLE_KEY to be a valid service role key")]
    [InlineData(403, """{"code":"42501","message":"permission denied for table videos"}""", "refused with 403 {\"code\":\"42501\",\"message\":\"permission denied for table videos\"}, expected SUPABASE_SERVICE_ROLE_KEY to be a valid service role key")]
    [InlineData(404, """{"code":"PGRST205","message":"Could not find the table"}""", "no such table, expected one with id")]
    [InlineData(400, """{"code":"22P02","message":"invalid input syntax"}""", "refused with 400 {\"code\":\"22P02\",\"message\":\"invalid input syntax\"}, expected the service's table to be readable over REST")]
    [InlineData(302, "", "found a redirect (302), expected SUPABASE_URL to be the project's own address")]
    [InlineData(200, """{"message": "hello"}""", "found {\"message\": \"hello\"}, expected a JSON array of rows")]
    [InlineData(200, "null", "found null, expected a JSON array of rows")]
    [InlineData(200, "[1, 2]", "found [1, 2], expected a JSON array of rows")]
    [InlineData(200, """[{"name": "x"}]""", "no column id, found name")]
    [InlineData(401, "key " + RestServer.Key, "refused with 401 key ***, expected SUPABASE_SERVICE_ROLE_KEY to be a valid service role key")]
    public async Task Sync_AnswerThatARetryCannotHelp_IsNamedAtOnce(int status, string body, string expected)
    {
        _project.FailFirst(int.MaxValue, context => FixedProject.Send(context, body, status));
        var error = await Assert.ThrowsAsync<PermanentStageException>(SyncAsync);
        Assert.Equal($"{_project.Server.Address}, videos: {expected}", error.Message);
        Assert.Single(_project.Server.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    public async Task Sync_HtmlInsteadOfJson_NamesIt(int status)
    {
        _project.FailFirst(int.MaxValue, context => FixedProject.Send(context, "<!doctype html><title>Dashboard</title>", status, "text/html; charset=utf-8"));
        var message = (await Assert.ThrowsAsync<PermanentStageException>(SyncAsync)).Message;
        Assert.Contains("<!doctype html><title>Dashboard</title>", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_UnknownLayoutOfTags_NamesTheColumns()
    {
        _project.Set("video_tags", """[{"video": 1, "tag": "a"}]""");
        var message = (await Assert.ThrowsAsync<PermanentStageException>(SyncAsync)).Message;
        Assert.EndsWith("video_tags: found the columns video, tag, expected (video_id, tag_name), or (video_id, tag_id) beside tags(id, name)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("videos", """{"id": "v9", "price": -1}""", "price")]
    [InlineData("videos", """{"id": "v9", "duration_seconds": "long"}""", "duration_seconds")]
    [InlineData("videos", """{"id": "v9", "created_at": "2999-01-01T00:00:00Z"}""", "created_at")]
    [InlineData("user_video_decisions", """{"user_id": "u9", "video_id": "v9", "decision_type": "like", "created_at": "2026-01-01T00:00:00Z"}""", "video_id")]
    [InlineData("user_video_decisions", """{"user_id": "u9", "video_id": "v1", "decision_type": "like", "created_at": "2026-06-03T00:00:00Z"}""", "created_at")]
    [InlineData("user_video_decisions", """{"user_id": "u9", "video_id": "v1", "decision_type": null, "created_at": "2026-01-01T00:00:00Z"}""", "decision_type")]
    public async Task Sync_BadRow_IsPutAside(string table, string row, string field)
    {
        // The first row tells the columns.
        _project.Set(table, table == "videos"
            ? $$"""[{"id": "v1", "price": 1, "duration_seconds": 1, "created_at": "2026-01-01T00:00:00Z"}, {{row}}]"""
            : $"{FixedProject.Decisions[..^1]}, {row}]");
        var snapshot = await SyncAsync();
        Assert.Equal(1, snapshot.QuarantinedCount);
        Assert.Equal(1, snapshot.InteractionCount);
        Assert.Contains($"\"file\":\"{table}\",\"row\":2,\"field\":\"{field}\"", Assert.Single(_project.Run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_GiganticRow_IsRead()
    {
        _project.Set("videos", $$"""[{"id": "v1", "title": "{{new string('あ', 3_000_000)}}"}]""");
        Assert.Equal(1, (await SyncAsync()).VideoCount);
    }

    public static TheoryData<string, byte[], byte[], string> BrokenTexts => new()
    {
        { "videos", "{\"id\": \"v9\", \"title\": \""u8.ToArray(), [0xE3, 0x28], "row" },
        { "videos", "{\"id\": \""u8.ToArray(), [0xFF], "row" },
        { "videos", """{"id": "v9", "title": "\ud83d"""u8.ToArray(), [], "row" },
        {
            "user_video_decisions",
            "{\"user_id\": \"u9\", \"video_id\": \"v1\", \"created_at\": \"2026-01-01\", \"decision_type\": \""u8.ToArray(), [0xE3], "row"
        },
    };

    [Theory]
    [MemberData(nameof(BrokenTexts))]
    public async Task Sync_TextThatIsNoUtf8_CostsItsRowOnly(string table, byte[] beginning, byte[] broken, string field)
    {
        var good = table == "videos" ? """[{"id": "v1", "title": "One"}"""u8 : System.Text.Encoding.UTF8.GetBytes(FixedProject.Decisions[..^1]);
        _project.Set(table, good.ToArray(), ", "u8.ToArray(), beginning, broken, "\"}]"u8.ToArray());
        var snapshot = await SyncAsync();
        Assert.Equal((1, 1), (snapshot.QuarantinedCount, snapshot.InteractionCount));
        Assert.Contains($"\"file\":\"{table}\",\"row\":2,\"field\":\"{field}\"", Assert.Single(_project.Run.Quarantine(snapshot)), StringComparison.Ordinal);
        Assert.Contains("\"expected\":\"UTF-8 text\"", Assert.Single(_project.Run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_TagThatIsNoUtf8_CostsThatTagOnly()
    {
        _project.Set("video_tags", "[{\"video_id\": \"v1\", \"tag_name\": \"a\"}, {\"video_id\": \"v1\", \"tag_name\": \""u8.ToArray(), [0xE3], "\"}]"u8.ToArray());
        var data = await _project.Run.ReadAsync(await SyncAsync());
        Assert.Equal(["a"], data.Catalogue.Videos.Single().Tags);
    }

    [Theory]
    [InlineData(1 << 20, 3)] // two pages of one row each, and the empty one
    [InlineData(100, 0)]
    public async Task Read_PagesThatAreTooLong_GetSmaller(int maxBytes, int pages)
    {
        var row = $$"""{"id": "v1", "title": "{{new string('x', 800_000)}}"}""";
        _project.Server.Intercept = async (context, _) =>
        {
            var (offset, limit) = (context.Request.Query["offset"].Count > 0, int.Parse(context.Request.Query["limit"].Single()!));
            FixedProject.Send(context, offset && context.Request.Query["offset"] == "2" ? "[]" : $"[{string.Join(", ", Enumerable.Repeat(row, Math.Min(limit, 2)))}]");
            await Task.CompletedTask;
            return true;
        };
        using var client = new SupabaseClient(_project.Server.Project(), _project.Time);
        var tables = new RestTables(client, pageSize: 4) { MaxPageBytes = maxBytes };
        var reading = tables.ReadAsync(new RestQuery("videos", ["id"], [], []), RestCursor.Start, CancellationToken.None);
        if (pages > 0)
            Assert.Equal(pages - 1, await reading.CountAsync());
        else
            Assert.Contains("videos: even a page of 1 row is too large (more than 0 MiB)", (await Assert.ThrowsAsync<IOException>(async () => await reading.CountAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_CompressedAnswer_IsRead()
    {
        _project.Server.Intercept = async (context, _) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.ContentType = "application/json";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(await _project.BodyAsync(context));
            return true;
        };
        Assert.Equal(1, (await SyncAsync()).InteractionCount);
    }

    [Theory]
    [InlineData(null, "key", "SUPABASE_URL is not set")]
    [InlineData("abc.supabase.co", "key", "SUPABASE_URL cannot be used")]
    [InlineData("http://abc.supabase.co", "key", "SUPABASE_URL cannot be used")]
    [InlineData("https://user:hidden@abc.supabase.co", "key", "SUPABASE_URL cannot be used")]
    [InlineData("https://abc.supabase.co", null, "SUPABASE_SERVICE_ROLE_KEY is not set")]
    [InlineData("https://abc.supabase.co", "hidden\nkey", "SUPABASE_SERVICE_ROLE_KEY cannot be used")]
    public void Project_AddressOrKeyThatCannotBeUsed_IsNamedWithoutItsValue(string? url, string? key, string expected)
    {
        var error = Assert.Throws<PermanentStageException>(() => new SupabaseProject(url, key));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }

    private Task<Snapshot> SyncAsync() => _project.SyncAsync();
}
