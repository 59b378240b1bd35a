using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Supabase;
using Retraining.Supabase.Source;
using Retraining.Tests.Source;

namespace Retraining.Tests.Supabase;

/// <summary>A server that does one thing wrong at a time: named, counted, and survived where it can be.</summary>
public sealed class BadRestTests : IAsyncLifetime
{
    private const string Decisions =
        """[{"user_id": "u1", "video_id": "v1", "decision_type": "like", "created_at": "2026-01-01T00:00:00Z"}]""";

    private readonly NpgsqlDataSource _nowhere = NpgsqlDataSource.Create("Host=localhost;Username=nobody");
    private readonly InstantTime _time = new();
    private readonly SyncRun _run = new();
    private readonly Dictionary<string, string> _tables = new(StringComparer.Ordinal)
    {
        ["profiles"] = """[{"user_id": "u1", "created_at": "2025-01-01T00:00:00Z"}]""",
        ["videos"] = """[{"id": "v1", "title": "One"}]""",
        ["video_tags"] = "[]",
        ["video_performers"] = "[]",
        ["user_video_decisions"] = Decisions,
    };

    private RestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await RestServer.StartAsync(_nowhere);
        _server.Intercept = async (context, _) =>
        {
            await AnswerAsync(context);
            return true;
        };
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _nowhere.DisposeAsync();
    }

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
        FailFirst(3, context => context.Response.StatusCode = status);
        Assert.Equal(1, (await SyncAsync()).InteractionCount);
        Assert.Equal([0.5, 1, 2], _time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Mon, 01 Jun 2026 00:00:30 GMT", 30)]
    [InlineData("Sun, 31 May 2026 23:00:00 GMT", 0)]
    [InlineData("86400", 120)]
    public async Task Sync_RetryAfter_IsWaitedForUpToTwoMinutes(string header, double seconds)
    {
        FailFirst(1, context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = header;
        });
        await SyncAsync();
        Assert.Equal(seconds > 0 ? [seconds] : [], _time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Sync_ServerThatStaysAway_EndsAsAFaultThatMayPass()
    {
        FailFirst(int.MaxValue, context => context.Response.StatusCode = 503);
        var error = await Assert.ThrowsAsync<IOException>(SyncAsync);
        Assert.Equal($"{_server.Address}, videos: no usable answer in 6 attempts (503 Service Unavailable), expected one", error.Message);
        Assert.True(TransientFaults.IsTransient(error));
        Assert.Equal(6, _server.Requests.Count);
    }

    [Fact]
    public async Task Sync_FailureInTheMiddle_RepeatsThatPageOnly()
    {
        _server.Intercept = async (context, number) =>
        {
            if (number is 3 or 4)
                context.Abort();
            else
                await AnswerAsync(context);
            return true;
        };
        Assert.Equal(1, (await SyncAsync()).InteractionCount);
        Assert.Equal(_server.Requests[2], _server.Requests[3]);
        Assert.Single(_server.Requests, request => request.StartsWith("/rest/v1/videos?select=*", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sync_HalfAPage_IsAskedForAgain()
    {
        FailFirst(2, context => Send(context, """[{"id": "v1", "ti"""));
        Assert.Equal(1, (await SyncAsync()).InteractionCount);
        Assert.Equal(2, _time.Waits.Count);
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
        FailFirst(int.MaxValue, context => Send(context, body, status));
        var error = await Assert.ThrowsAsync<PermanentStageException>(SyncAsync);
        Assert.Equal($"{_server.Address}, videos: {expected}", error.Message);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    public async Task Sync_HtmlInsteadOfJson_NamesIt(int status)
    {
        FailFirst(int.MaxValue, context => Send(context, "<!doctype html><title>Dashboard</title>", status, "text/html; charset=utf-8"));
        var message = (await Assert.ThrowsAsync<PermanentStageException>(SyncAsync)).Message;
        Assert.Contains("<!doctype html><title>Dashboard</title>", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_UnknownLayoutOfTags_NamesTheColumns()
    {
        _tables["video_tags"] = """[{"video": 1, "tag": "a"}]""";
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
        _tables[table] = table == "videos"
            ? $$"""[{"id": "v1", "price": 1, "duration_seconds": 1, "created_at": "2026-01-01T00:00:00Z"}, {{row}}]"""
            : $"{Decisions[..^1]}, {row}]";
        var snapshot = await SyncAsync();
        Assert.Equal(1, snapshot.QuarantinedCount);
        Assert.Equal(1, snapshot.InteractionCount);
        Assert.Contains($"\"file\":\"{table}\",\"row\":2,\"field\":\"{field}\"", Assert.Single(_run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_GiganticRow_IsRead()
    {
        _tables["videos"] = $$"""[{"id": "v1", "title": "{{new string('あ', 3_000_000)}}"}]""";
        Assert.Equal(1, (await SyncAsync()).VideoCount);
    }

    [Fact]
    public async Task Sync_CompressedAnswer_IsRead()
    {
        _server.Intercept = async (context, _) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.ContentType = "application/json";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Body(context)));
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

    private Task<Snapshot> SyncAsync() => _run.FromAsync(new SupabaseSource(new SupabaseClient(_server.Project(), _time), new() { PageSize = 10 }));

    private void FailFirst(int times, Action<HttpContext> fail) => _server.Intercept = async (context, number) =>
    {
        if (number <= times)
            fail(context);
        else
            await AnswerAsync(context);
        return true;
    };

    private Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(Body(context));
    }

    private string Body(HttpContext context)
    {
        // One page holds all; what comes after it and what has no key is nothing.
        var query = Uri.UnescapeDataString(context.Request.QueryString.Value!);
        return query.Contains("offset=", StringComparison.Ordinal) || query.Contains("or=(user_id.is.null", StringComparison.Ordinal)
            ? "[]"
            : _tables[context.Request.Path.Value!.Split('/')[^1]];
    }

    private static void Send(HttpContext context, string body, int status = 200, string type = "application/json; charset=utf-8")
    {
        context.Response.StatusCode = status;
        if (status == 302)
            context.Response.Headers.Location = "https://elsewhere.example/";
        context.Response.ContentType = type;
        context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask().GetAwaiter().GetResult();
    }
}
