using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Retraining.Tests.Host;

public sealed class StartRouteTests
{
    [Fact]
    public async Task Start_NoBody_AnswersAsDurableFunctionsDoes()
    {
        await using var host = await HostFixture.StartAsync();

        var response = await host.Client().PostAsync("/api/retrain", null);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), response.Headers.RetryAfter?.Delta);
        var body = await response.JsonAsync();
        Assert.Equal(
            ["id", "statusQueryGetUri", "sendEventPostUri", "terminatePostUri", "suspendPostUri", "resumePostUri", "restartPostUri", "purgeHistoryDeleteUri"],
            body.Names());
        Assert.Equal("run-1", body.GetProperty("id").GetString());
        Assert.Equal(body.GetProperty("statusQueryGetUri").GetString(), response.Headers.Location?.OriginalString);
        var instance = $"{host.Url.GetLeftPart(UriPartial.Authority)}/runtime/webhooks/durabletask/instances/run-1";
        Assert.StartsWith($"{instance}?taskHub=", body.GetProperty("statusQueryGetUri").GetString(), StringComparison.Ordinal);
        Assert.StartsWith($"{instance}/raiseEvent/{{eventName}}?taskHub=", body.GetProperty("sendEventPostUri").GetString(), StringComparison.Ordinal);
        Assert.StartsWith($"{instance}/terminate?reason={{text}}&taskHub=", body.GetProperty("terminatePostUri").GetString(), StringComparison.Ordinal);
        Assert.StartsWith($"{instance}/restart?taskHub=", body.GetProperty("restartPostUri").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ClientWithoutAKeyFollowsItsLinks_IsLetIn()
    {
        await using var host = await HostFixture.StartAsync();
        var links = await (await host.Client().PostAsync("/api/retrain", null)).JsonAsync();
        using var client = host.Client(key: null);

        var status = await client.GetAsync(links.GetProperty("statusQueryGetUri").GetString());
        var terminated = await client.PostAsync(links.GetProperty("terminatePostUri").GetString()!.Replace("{text}", "too%20slow", StringComparison.Ordinal), null);
        var ended = await client.GetAsync(links.GetProperty("statusQueryGetUri").GetString());

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.OK], [status.StatusCode, terminated.StatusCode, ended.StatusCode]);
        Assert.Equal(("terminate", "run-1", "too slow"), Assert.Single(host.Runs.Asked));
    }

    [Fact]
    public async Task Start_RunInProgress_Is409WithItsIdAndStatusUri()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Running("retrain-2026-W47"));

        var response = await host.Client().PostAsync("/api/retrain", null);

        Assert.Contains("retrain-2026-W47", await response.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        var body = await response.JsonAsync();
        Assert.Equal("retrain-2026-W47", body.GetProperty("id").GetString());
        Assert.Contains("/instances/retrain-2026-W47?", body.GetProperty("statusQueryGetUri").GetString(), StringComparison.Ordinal);
        Assert.Equal(body.GetProperty("statusQueryGetUri").GetString(), response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Start_Overrides_AreRecordedInTheRequest()
    {
        await using var host = await HostFixture.StartAsync();

        await host.Client().PostJsonAsync(
            "/api/retrain", """{"training":{"epochs":3},"dryRun":true,"startedBy":"佐藤","overrideReason":"new catalogue"}""");

        var told = (await host.Client().GetJsonAsync("/api/runs/run-1")).GetProperty("request");
        Assert.Equal("""{"training":{"epochs":3}}""", told.GetProperty("overrides").GetRawText());
        Assert.Contains("<code>training.epochs = 3</code>", await host.Client().GetStringAsync("/runs/run-1"), StringComparison.Ordinal);
        var request = (await host.Runs.GetAsync("run-1", default))!.Request;
        Assert.Equal((3, true, "佐藤", "new catalogue"), (request.Settings.Training.Epochs, request.DryRun, request.StartedBy, request.OverrideReason));
    }

    [Theory]
    [InlineData("""{"trainnig":{"epochs":3}}""", "trainnig: no such key, expected training.epochs")]
    [InlineData("""{"dryRun":"yes"}""", "dryRun: a JSON string, expected true or false")]
    [InlineData("""{"startedBy":7}""", "startedBy: a JSON number, expected a text of 1 to 500 characters")]
    [InlineData("""{"overrideReason":" "}""", "overrideReason: a JSON string, expected a text")]
    [InlineData("[1]", "the body is a JSON array, expected an object of overrides")]
    [InlineData("{\"training\":", "the body is not JSON, expected JSON")]
    [InlineData("""{"dryRun":true,"dryRun":false}""", "the body is not JSON")]
    public async Task Start_WrongBody_Is400AndSaysWhatIsExpected(string body, string expected)
    {
        await using var host = await HostFixture.StartAsync();

        var response = await host.Client().PostJsonAsync("/api/retrain", body);

        Assert.StartsWith(expected, await response.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Null(await host.Runs.GetAsync("run-1", default));
    }

    [Fact]
    public async Task Start_BodyOverTheLimit_Is413()
    {
        await using var host = await HostFixture.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"startedBy":"{{new string('x', 65_536)}}"}"""));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var response = await host.Client().PostAsync("/api/retrain", content);

        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }
}
