using System.Text;
using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Tests.Supabase;

/// <summary>Batch functions that do one thing wrong at a time: named, counted, and survived where it can be.</summary>
public sealed class BadRpcTests : IAsyncLifetime
{
    private const string Items = "get_item_embedding_feature_batch", Users = "get_user_embedding_feature_batch";
    private const string Good = """{"video_id": "v1", "payload": {"video_id": "v1", "price": 100, "tags": ["a"]}}""";

    private FixedProject _project = null!;

    public async Task InitializeAsync() => _project = await FixedProject.StartAsync();

    public async Task DisposeAsync() => await _project.DisposeAsync();

    [Fact]
    public async Task Sync_GoodFunctions_GiveVideosAndProfiles()
    {
        var snapshot = await SyncAsync();
        Assert.Equal((1, 1, 1, 0), (snapshot.VideoCount, snapshot.ProfileCount, snapshot.InteractionCount, snapshot.QuarantinedCount));
        Assert.Equal(["a"], (await _project.Run.ReadAsync(snapshot)).Catalogue.Videos.Single().Tags);
    }

    [Fact]
    public async Task Sync_PayloadWithVector_TakesIt()
    {
        _project.Set(Items, """[{"video_id": "v1", "payload": {"video_id": "v1", "image_vector": [1, -2.5]}}]""");
        var snapshot = await SyncAsync();
        var data = await _project.Run.ReadAsync(snapshot);
        Assert.Equal([1, -2.5f], data.Catalogue.Videos.Single().ImageVector!);
    }

    [Theory]
    [InlineData(Items, """{"video_id": "v9"}""", "payload", "nothing", "an object")]
    [InlineData(Items, """{"video_id": "v9", "payload": null}""", "payload", "null", "an object")]
    [InlineData(Items, """{"video_id": "v9", "payload": "price: 100"}""", "payload", "\"price: 100\"", "an object")]
    [InlineData(Items, """{"video_id": "v9", "payload": [1, 2]}""", "payload", "[1, 2]", "an object")]
    [InlineData(Items, """{"payload": {"price": 100}}""", "video_id", "nothing", "an id")]
    [InlineData(Items, """{"video_id": null, "payload": {"price": 100}}""", "video_id", "nothing", "an id")]
    [InlineData(Items, """{"video_id": "v1", "payload": {"price": 200}}""", "id", "v1", "an id that no earlier row has")]
    [InlineData(Items, """{"video_id": "v9", "payload": {"price": "free"}}""", "price", "\"free\"", "a number")]
    [InlineData(Items, """{"video_id": "v9", "payload": {"price": -1}}""", "price", "-1", "a finite number of 0 or more")]
    [InlineData(Items, """{"video_id": "v9", "payload": {"tags": "a, b"}}""", "tags", "\"a, b\"", "an array of names")]
    [InlineData(Items, """{"video_id": "v9", "payload": {"duration_seconds": 1.5}}""", "duration_seconds", "1.5", "a whole number in [-2147483648, 2147483647]")]
    [InlineData(Items, """{"video_id": "v9", "payload": {"product_released_at": "2999-01-01"}}""", "product_released_at", "2999-01-01T00:00:00Z", "a date from 1870-01-01T00:00:00Z to 2031-06-01T00:00:00Z")]
    [InlineData(Users, """{"user_id": "u9", "payload": {"profile": "new"}}""", "profile", "\"new\"", "an object")]
    [InlineData(Users, """{"user_id": "u9", "payload": {"profile": {"created_at": "2026-06-03T00:00:00Z"}}}""", "created_at", "2026-06-03T00:00:00Z", "a date from 1990-01-01T00:00:00Z to 2026-06-02T00:00:00Z")]
    [InlineData(Users, """{"user_id": "u9", "payload": {"profile": {"created_at": 7}}}""", "created_at", "7", "an ISO 8601 date such as 2026-03-01T12:00:00Z")]
    [InlineData(Users, """{"user_id": "u1", "payload": {}}""", "user_id", "u1", "an id that no earlier row has")]
    public async Task Sync_BadRow_IsPutAsideWithFunctionRowFieldFoundAndExpected(string function, string row, string field, string found, string expected)
    {
        _project.Set(function, $"[{(function == Items ? Good : """{"user_id": "u1", "payload": {}}""")}, {row}]");
        var snapshot = await SyncAsync();
        Assert.Equal((1, 1), (snapshot.InteractionCount, snapshot.QuarantinedCount));
        using var entry = System.Text.Json.JsonDocument.Parse(Assert.Single(_project.Run.Quarantine(snapshot)));
        Assert.Equal(
            (function, 2, field, found, expected),
            (Text("file"), entry.RootElement.GetProperty("row").GetInt32(), Text("field"), Text("found"), Text("expected")));

        string Text(string name) => entry.RootElement.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task Sync_TextThatIsNoUtf8_CostsItsRowOnly()
    {
        _project.Set(Items, Encoding.UTF8.GetBytes($"[{Good}, {{\"video_id\": \"v9\", \"payload\": {{\"tags\": [\""), [0xE3, 0x28], "\"]}}]"u8.ToArray());
        var snapshot = await SyncAsync();
        Assert.Contains($"\"file\":\"{Items}\",\"row\":2,\"field\":\"row\"", Assert.Single(_project.Run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_GiganticPayload_CostsItsRowOnly()
    {
        _project.Set(Items, $$$"""[{{{Good}}}, {"video_id": "v9", "payload": {"description": "{{{new string('x', 33 << 20)}}}"}}]""");
        var snapshot = await SyncAsync();
        Assert.Equal((1, 1), (snapshot.VideoCount, snapshot.QuarantinedCount));
        Assert.Contains("\"found\":\"more than 32 MiB\",\"expected\":\"a shorter row\"", Assert.Single(_project.Run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, """{"code":"PGRST301","message":"JWT expired"}""", "refused with 401 {\"code\":\"PGRST301\",\"message\":\"JWT expired\"}, expected SUPABASE_SERVICE_ROLE_KEY to be a valid service role key")]
    [InlineData(403, """{"code":"42501","message":"permission denied for function"}""", "refused with 403 {\"code\":\"42501\",\"message\":\"permission denied for function\"}, expected SUPABASE_SERVICE_ROLE_KEY to be a valid service role key")]
    [InlineData(404, """{"code":"PGRST202","message":"no function"}""", "refused with 404 {\"code\":\"PGRST202\",\"message\":\"no function\"}, expected the service's table to be readable over REST")]
    [InlineData(400, """{"code":"22P02","message":"invalid input syntax"}""", "refused with 400 {\"code\":\"22P02\",\"message\":\"invalid input syntax\"}, expected the service's table to be readable over REST")]
    [InlineData(200, """{"video_id": "v1", "payload": {}}""", "found {\"video_id\": \"v1\", \"payload\": {}}, expected a JSON array of rows")]
    [InlineData(200, "[[1]]", "found [[1]], expected a JSON array of rows")]
    public async Task Sync_AnswerThatARetryCannotHelp_IsNamedAtOnce(int status, string body, string expected)
    {
        Fail(int.MaxValue, context => FixedProject.Send(context, body, status));
        var error = await Assert.ThrowsAsync<PermanentStageException>(SyncAsync);
        Assert.Equal($"{_project.Server.Address}, {Items}: {expected}", error.Message);
        Assert.Equal(1, Calls());
    }

    [Fact]
    public async Task Sync_HtmlInsteadOfJson_NamesIt()
    {
        Fail(int.MaxValue, context => FixedProject.Send(context, "<!doctype html><title>Dashboard</title>", 200, "text/html"));
        Assert.Contains("<!doctype html><title>Dashboard</title>", (await Assert.ThrowsAsync<PermanentStageException>(SyncAsync)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, "")]
    [InlineData(503, "")]
    [InlineData(200, """[{"video_id": "v1", "payl""")]
    public async Task Sync_BusyServerOrHalfAPage_IsAskedAgain(int status, string body)
    {
        Fail(2, context => FixedProject.Send(context, body, status));
        Assert.Equal(1, (await SyncAsync()).VideoCount);
        Assert.Equal(2, _project.Time.Waits.Count);
    }

    [Fact]
    public async Task Sync_FunctionThatIgnoresItsOffset_IsNamed()
    {
        _project.Server.Intercept = async (context, _) =>
        {
            if (!context.Request.Path.Value!.EndsWith(Items, StringComparison.Ordinal))
                await _project.AnswerAsync(context);
            else
                FixedProject.Send(context, $"[{Good}]");
            return true;
        };
        var error = await Assert.ThrowsAsync<PermanentStageException>(SyncAsync);
        Assert.Equal(
            $"{_project.Server.Address}, {Items}: found the same page at offset_count 1 as before it, expected the rows after those that were given", error.Message);
    }

    [Fact]
    public async Task Sync_FunctionThatTheDatabaseStops_IsAskedForLess()
    {
        var stopped = 0;
        Fail(2, context =>
        {
            stopped++;
            FixedProject.Send(context, """{"code":"57014","message":"canceling statement due to statement timeout"}""", 500);
        });
        Assert.Equal(1, (await SyncAsync()).VideoCount);
        Assert.Equal(2, stopped);
        Assert.Empty(_project.Time.Waits);
    }

    private Task<Snapshot> SyncAsync() => _project.SyncAsync(useRpc: true);

    private int Calls() => _project.Server.Requests.Count(request => request.EndsWith(Items, StringComparison.Ordinal));

    /// <summary>Answers the first calls of the function of videos otherwise.</summary>
    private void Fail(int times, Action<Microsoft.AspNetCore.Http.HttpContext> fail) => _project.Server.Intercept = async (context, _) =>
    {
        if (context.Request.Path.Value!.EndsWith(Items, StringComparison.Ordinal) && times-- > 0)
            fail(context);
        else
            await _project.AnswerAsync(context);
        return true;
    };
}
