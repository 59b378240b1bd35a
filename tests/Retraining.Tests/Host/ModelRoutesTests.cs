using System.Net;
using Retraining.Serving;

namespace Retraining.Tests.Host;

public sealed class ModelRoutesTests
{
    private const string Old = "20261113_120000";
    private const string New = "20261120_120000";

    [Fact]
    public async Task List_Ledger_NamesWhatIsLive()
    {
        await using var host = await StartAsync();

        var ledger = await host.Client(HostFixture.ReadKey).GetJsonAsync("/api/models");

        Assert.Equal(New, ledger.GetProperty("live").GetString());
        Assert.Equal([New, Old], ledger.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version").GetString()));
    }

    [Fact]
    public async Task Activate_WithAReason_GoesBackInTheIndexAndInCurrent()
    {
        await using var host = await StartAsync();

        var response = await host.Client().PostJsonAsync($"/api/models/{Old}/activate", """{"reason":"同じ動画ばかり出る","by":"佐藤"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(New, (await response.JsonAsync()).GetProperty("previousVersion").GetString());
        var change = Assert.Single(host.Index.Changes);
        Assert.Equal((Old, "佐藤", "同じ動画ばかり出る"), (change.Version, change.By, change.Reason));
        Assert.True(await host.Store.ExistsAsync("two-tower/v3/current/manifest.json", default));
    }

    [Theory]
    [InlineData(Old, "{}", 400, "reason: missing")]
    [InlineData(Old, """{"reason":" "}""", 400, "reason: expected a text")]
    [InlineData("20260101_000000", """{"reason":"x"}""", 404, "not in the ledger")]
    [InlineData("..", """{"reason":"x"}""", 404, null)]
    [InlineData("latest", """{"reason":"x"}""", 404, "not in the ledger")]
    public async Task Activate_Unusable_ChangesNothing(string version, string body, int code, string? expected)
    {
        await using var host = await StartAsync();

        var response = await host.Client().PostJsonAsync($"/api/models/{version}/activate", body);

        var detail = await response.ProblemAsync((HttpStatusCode)code);
        if (expected is not null)
            Assert.Contains(expected, detail, StringComparison.Ordinal);
        Assert.Empty(host.Index.Changes);
    }

    [Fact]
    public async Task Activate_VersionWithoutAManifest_Is409AndSaysWhy()
    {
        await using var host = await StartAsync();
        await host.Store.DeleteAsync($"two-tower/v3/{Old}/manifest.json", default);

        var response = await host.Client().PostJsonAsync($"/api/models/{Old}/activate", """{"reason":"x"}""");

        Assert.Contains("no manifest, expected a published version", await response.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Empty(host.Index.Changes);
    }

    [Fact]
    public async Task PageForm_WithAReason_RollsBackAndShowsTheLedger()
    {
        await using var host = await StartAsync();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["reason"] = "worse", ["by"] = "Ana" });
        using var nameless = new FormUrlEncodedContent(new Dictionary<string, string> { ["reason"] = "worse" });

        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client().PostAsync($"/models/{Old}/activate", nameless)).StatusCode);
        var response = await host.Client().PostAsync($"/models/{Old}/activate", form);

        Assert.Equal((HttpStatusCode.Redirect, "/models"), (response.StatusCode, response.Headers.Location?.OriginalString));
        var change = Assert.Single(host.Index.Changes);
        Assert.Equal(("Ana", "worse"), (change.By, change.Reason));
    }

    [Theory]
    [InlineData("?at=2026-11-13T12:00:00Z", Old)]
    [InlineData("?at=2026-11-20T20:59:59%2B09:00", Old)] // a second before noon in UTC
    [InlineData("?at=2026-11-20T12:00:00", New)] // without a zone, UTC
    [InlineData("", New)]
    public async Task Live_Moment_TellsWhatWasLiveAndWhoMadeItSo(string query, string expected)
    {
        await using var host = await StartAsync();

        var live = await host.Client(HostFixture.ReadKey).GetJsonAsync($"/api/models/live{query}");

        var found = (live.GetProperty("version").GetString(), live.GetProperty("by").GetString(), live.GetProperty("reason").GetString());
        Assert.Equal((expected, "ann", "weekly"), found);
    }

    [Theory]
    [InlineData("?at=2026-11-13T11:59:59Z", HttpStatusCode.NotFound, "nothing was live at 2026-11-13 11:59:59Z")]
    [InlineData("?at=yesterday", HttpStatusCode.BadRequest, "at: 'yesterday', expected a time")]
    public async Task Live_NothingThenOrNoMoment_SaysSo(string query, HttpStatusCode code, string expected)
    {
        await using var host = await StartAsync();
        Assert.Contains(expected, await (await host.Client().GetAsync($"/api/models/live{query}")).ProblemAsync(code), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user-1", "", 10, true)]
    [InlineData("stranger", "?k=3", 3, false)]
    public async Task Recommend_User_GetsRankedVideos(string user, string query, int count, bool personal)
    {
        await using var host = await StartAsync();

        var list = await host.Client(HostFixture.ReadKey).GetJsonAsync($"/api/users/{user}/recommendations{query}");

        Assert.Equal(personal, list.GetProperty("personal").GetBoolean());
        Assert.Equal(count, list.GetProperty("items").GetArrayLength());
        Assert.Equal("夏の海 1", list.GetProperty("items")[0].GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("?k=0")]
    [InlineData("?k=201")]
    [InlineData("?k=many")]
    public async Task Recommend_WrongCount_Is400(string query)
    {
        await using var host = await StartAsync();
        await (await host.Client().GetAsync($"/api/users/user-1/recommendations{query}")).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("""{"user_id":"somebody"}""", "user_id: \"somebody\", expected \"user-1\"")]
    [InlineData("[]", "expected the user's row")]
    [InlineData("""{"tags":"drama"}""", "the payload cannot be read at $.tags")]
    public async Task Refresh_WrongPayload_Is400(string body, string expected)
    {
        await using var host = await StartAsync();

        var response = await host.Client().PostJsonAsync("/api/users/user-1/embedding", body);

        Assert.Contains(expected, await response.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000, HttpStatusCode.Conflict)] // read, and refused only because the live version has no files here
    [InlineData(5_000_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Refresh_LongHistory_IsReadUpToTheLimit(int characters, HttpStatusCode expected)
    {
        await using var host = await StartAsync();
        using var client = host.Client();
        client.DefaultRequestHeaders.ExpectContinue = true; // so that the answer comes before the body
        var payload = $$"""{"tags":["{{new string('x', characters)}}"]}""";

        var response = await client.PostJsonAsync("/api/users/user-1/embedding", payload);

        Assert.Equal(expected, response.StatusCode);
    }

    private static async Task<HostFixture> StartAsync()
    {
        var host = await HostFixture.StartAsync();
        foreach (var version in new[] { New, Old })
        {
            host.Index.Versions.Add(new ModelVersion
            {
                Version = version,
                ModelPath = $"two-tower/v3/{version}/",
                EmbeddingDim = 128,
                IsActive = version == New,
                IsLoaded = true,
                CreatedAt = HostFixture.Start,
                ActivatedAt = version == New ? HostFixture.Start : HostFixture.Start.AddDays(-7),
                ActivatedBy = "ann",
                Reason = "weekly",
            });
            await host.PublishEmptyAsync(version);
        }

        return host;
    }
}
