using System.Net;
using System.Text;
using Retraining.Operations;

namespace Retraining.Tests.Host;

public sealed class InstanceControlTests
{
    private const string Instances = "/runtime/webhooks/durabletask/instances";

    [Theory]
    [InlineData("terminate", RunStatus.Running, 202)]
    [InlineData("suspend", RunStatus.Running, 202)]
    [InlineData("resume", RunStatus.Suspended, 202)]
    [InlineData("terminate", RunStatus.Completed, 410)]
    [InlineData("suspend", RunStatus.Failed, 410)]
    [InlineData("resume", RunStatus.Terminated, 410)]
    [InlineData("terminate", null, 404)]
    [InlineData("suspend", null, 404)]
    [InlineData("resume", null, 404)]
    public async Task Steer_EachVerb_HasDurableFunctionsCode(string verb, RunStatus? status, int code)
    {
        await using var host = await HostFixture.StartAsync();
        if (status is { } known)
            host.Runs.Add(SampleRuns.Of("run-1", known));

        var response = await host.Client().PostAsync($"{Instances}/run-1/{verb}?reason=because", null);

        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal((verb, "run-1", "because"), Assert.Single(host.Runs.Asked));
    }

    [Theory]
    [InlineData(RunStatus.Failed, 202)]
    [InlineData(RunStatus.Completed, 410)]
    [InlineData(RunStatus.Terminated, 410)]
    [InlineData(RunStatus.Running, 412)]
    [InlineData(RunStatus.Suspended, 412)]
    [InlineData(null, 404)]
    public async Task Rewind_EachStatus_ReachesOnlyAFailedRun(RunStatus? status, int code)
    {
        await using var host = await HostFixture.StartAsync();
        if (status is { } known)
            host.Runs.Add(SampleRuns.Of("run-1", known));

        var response = await host.Client().PostAsync($"{Instances}/run-1/rewind?reason=because", null);

        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal(code == 202 ? [("rewind", "run-1", "because")] : [], host.Runs.Asked);
    }

    [Fact]
    public async Task RaiseEvent_Json_ReachesTheRun()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Running("run-1"));

        var response = await host.Client().PostJsonAsync($"{Instances}/run-1/raiseEvent/Approval", """{"approved":true}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(("raiseEvent Approval", "run-1", """{"approved":true}"""), Assert.Single(host.Runs.Asked));
    }

    [Fact]
    public async Task RaiseEvent_NotJson_Is400()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Running("run-1"));
        using var text = new StringContent("yes");

        var plain = await host.Client().PostAsync($"{Instances}/run-1/raiseEvent/Approval", text);
        var broken = await host.Client().PostJsonAsync($"{Instances}/run-1/raiseEvent/Approval", "{");
        var empty = await host.Client().PostJsonAsync($"{Instances}/run-1/raiseEvent/Other", "");

        Assert.Equal("Only application/json request content is supported", await plain.ProblemAsync(HttpStatusCode.BadRequest));
        await broken.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Contains("the body is empty", await empty.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Empty(host.Runs.Asked);
    }

    [Fact]
    public async Task RaiseEvent_EndedOrUnknown_Is410Or404()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Published("run-1"));

        Assert.Equal(HttpStatusCode.Gone, (await host.Client().PostJsonAsync($"{Instances}/run-1/raiseEvent/Approval", "1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client().PostJsonAsync($"{Instances}/run-2/raiseEvent/Approval", "1")).StatusCode);
    }

    [Fact]
    public async Task Restart_Ended_StartsItsInputAgainUnderANewId()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Failed("run-9"));

        var response = await host.Client().PostAsync($"{Instances}/run-9/restart", null);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("run-2", (await response.JsonAsync()).GetProperty("id").GetString());
        Assert.Equal("timer", (await host.Runs.GetAsync("run-2", default))!.Request.StartedBy);
    }

    [Fact]
    public async Task Restart_SameId_ReplacesTheEndedRunButNotARunningOne()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Failed("run-9"));

        var ended = await host.Client().PostAsync($"{Instances}/run-9/restart?restartWithNewInstanceId=false", null);
        var running = await host.Client().PostAsync($"{Instances}/run-9/restart?restartWithNewInstanceId=false", null);

        Assert.Equal("run-9", (await ended.JsonAsync()).GetProperty("id").GetString());
        await running.ProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal(RunStatus.Running, (await host.Runs.GetAsync("run-9", default))!.Status);
    }

    [Theory]
    [InlineData("""{"approved":true,"reason":"fine","by":"ana"}""", 202)]
    [InlineData("""{"approved":"yes"}""", 400)]
    [InlineData("true", 400)]
    public async Task RaiseEvent_Approval_IsReadBeforeItIsTaken(string body, int code)
    {
        await using var host = await HostFixture.StartAsync();
        AddThree(host);

        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var response = await host.Client().PostAsync($"{Instances}/run-3/raiseEvent/approval", content);

        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal(code == 202 ? 1 : 0, host.Runs.Asked.Count);
    }

    [Fact]
    public async Task Restart_SameIdWhileAnotherRunIsInProgress_Is409AndRemovesNothing()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Failed("run-1"));
        host.Runs.Add(SampleRuns.Running("run-2"));

        var response = await host.Client().PostAsync($"{Instances}/run-1/restart?restartWithNewInstanceId=false", null);

        await response.ProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal("run-2", (await response.JsonAsync()).GetProperty("id").GetString());
        Assert.NotNull(await host.Runs.GetAsync("run-1", default));
    }

    [Fact]
    public async Task Restart_Unknown_Is400AsInDurableFunctions()
    {
        await using var host = await HostFixture.StartAsync();
        await (await host.Client().PostAsync($"{Instances}/nobody/restart", null)).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Purge_OneRun_RemovesItWhenItHasEnded()
    {
        await using var host = await HostFixture.StartAsync();
        AddThree(host);

        var ended = await host.Client().DeleteAsync($"{Instances}/run-1");
        var running = await host.Client().DeleteAsync($"{Instances}/run-3");
        var unknown = await host.Client().DeleteAsync($"{Instances}/run-1");

        Assert.Equal(1, (await ended.JsonAsync()).GetProperty("instancesDeleted").GetInt32());
        Assert.Equal([200, 412, 404], [(int)ended.StatusCode, (int)running.StatusCode, (int)unknown.StatusCode]);
    }

    [Theory]
    [InlineData("", 400, "run-3 run-2 run-1")]
    [InlineData("?createdTimeFrom=2026-11-20T00:00:00Z", 200, "run-3")]
    [InlineData("?createdTimeFrom=2026-11-20T00:00:00Z&runtimeStatus=Failed", 200, "run-3 run-2")]
    [InlineData("?createdTimeFrom=2026-11-20T00:00:00Z&runtimeStatus=Canceled", 404, "run-3 run-2 run-1")]
    [InlineData("?createdTimeFrom=2026-11-20T00:00:00Z&runtimeStatus=Faild", 400, "run-3 run-2 run-1")]
    [InlineData("?createdTimeFrom=2026-11-20T00:00:00Z&createdTimeTo=2026-11-20T00:00:00+09:00", 400, "run-3 run-2 run-1")]
    [InlineData("?createdTimeFrom=2027-01-01T00:00:00Z", 404, "run-3 run-2 run-1")]
    public async Task Purge_ManyRuns_NeedsATimeAndSparesWhatDoesNotMatch(string query, int code, string left)
    {
        await using var host = await HostFixture.StartAsync();
        AddThree(host);

        var response = await host.Client().DeleteAsync(Instances + query);

        Assert.Equal(code, (int)response.StatusCode);
        var runs = await host.Runs.ListAsync(new RunQuery(), default);
        Assert.Equal(left, string.Join(' ', runs.Runs.Select(run => run.RunId)));
    }

    private static void AddThree(HostFixture host)
    {
        host.Runs.Add(SampleRuns.Failed("run-1"));
        host.Runs.Add(SampleRuns.Published("run-2") with { CreatedAt = HostFixture.Start.AddMinutes(1) });
        host.Runs.Add(SampleRuns.Running("run-3") with { CreatedAt = HostFixture.Start.AddMinutes(2) });
    }
}
