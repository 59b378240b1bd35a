using System.Net;

namespace Retraining.Tests.Host;

public sealed class RunRoutesTests
{
    [Fact]
    public async Task List_Runs_TellsStagesVerdictAndWhenTheNextIsDue()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Rejected("retrain-2026-W46"));

        var body = await host.Client(HostFixture.ReadKey).GetJsonAsync("/api/runs");

        var run = Assert.Single(body.GetProperty("runs").EnumerateArray());
        Assert.Equal("Rejected", run.GetProperty("result").GetProperty("outcome").GetString());
        Assert.False(run.GetProperty("result").GetProperty("verdict").GetProperty("rules")[1].GetProperty("passed").GetBoolean());
        var schedule = body.GetProperty("schedule");
        Assert.Equal("2026-11-21T19:00:00+00:00", schedule.GetProperty("nextAt").GetString());
        Assert.Equal("retrain-2026-W47", schedule.GetProperty("nextRunId").GetString());
    }

    [Fact]
    public async Task Get_Run_TellsStagesWithAttemptsAndProgress()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Running());

        var run = await host.Client().GetJsonAsync("/api/runs/retrain-2026-W47");

        Assert.Equal("Running", run.GetProperty("status").GetString());
        var stages = run.GetProperty("stages");
        Assert.Equal((2, "connection reset"), (stages[0].GetProperty("attempts").GetInt32(), stages[0].GetProperty("error").GetString()));
        Assert.Equal(600, stages[0].GetProperty("result").GetProperty("users").GetInt32());
        Assert.Equal("epoch 3 of 20", stages[1].GetProperty("progress").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Get_Unknown_Is404()
    {
        await using var host = await HostFixture.StartAsync();
        await (await host.Client().GetAsync("/api/runs/nobody")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Probes_WithoutAKey_TellLifeAndReadiness()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        Assert.Equal("ready", (await client.GetJsonAsync("/readyz")).GetProperty("status").GetString());

        host.Runs.Fault = new IOException("journal gone");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        await (await client.GetAsync("/readyz")).ProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task OpenApi_Document_NamesEveryRouteOfTheContract()
    {
        await using var host = await HostFixture.StartAsync();

        var paths = (await host.Client().GetJsonAsync("/openapi/v1.json")).GetProperty("paths").Names().ToList();

        string[] expected =
        [
            "/api/retrain", "/api/runs", "/api/runs/{id}", "/runtime/webhooks/durabletask/instances", "/runtime/webhooks/durabletask/instances/{id}",
            "/runtime/webhooks/durabletask/instances/{id}/terminate", "/healthz", "/readyz",
        ];
        Assert.Empty(expected.Except(paths));
    }
}
