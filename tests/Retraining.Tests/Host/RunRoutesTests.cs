using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Retraining.Tests.Host;

public sealed class RunRoutesTests
{
    [Fact]
    public async Task List_Runs_TellsProgressVerdictMetricsAndWhenTheNextIsDue()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Rejected("retrain-2026-W46") with { CreatedAt = HostFixture.Start.AddDays(-7) });
        host.Runs.Add(SampleRuns.Running());

        var body = await host.Client(HostFixture.ReadKey).GetJsonAsync("/api/runs");

        var (running, refused) = (body.GetProperty("runs")[0], body.GetProperty("runs")[1]);
        var ending = refused.GetProperty("ending");
        Assert.Equal(("Rejected", "timer"), (ending.GetProperty("outcome").GetString(), refused.GetProperty("startedBy").GetString()));
        Assert.Equal("not-worse-than-champion", Assert.Single(ending.GetProperty("brokenRules").EnumerateArray()).GetString());
        var metric = Assert.Single(ending.GetProperty("metrics").EnumerateArray());
        Assert.Equal("""{"name":"recall@10","challenger":0.21,"champion":0.2,"popularity":0.11}""", metric.GetRawText());
        var stage = Assert.Single(running.GetProperty("stages").EnumerateArray());
        Assert.Equal("train", stage.GetProperty("name").GetString());
        Assert.Equal("epoch 3 of 20", stage.GetProperty("progress").GetProperty("message").GetString());
        Assert.Equal(1, running.GetProperty("stagesCompleted").GetInt32());
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
    public async Task OpenApi_Document_NamesEveryMappedRouteButThePages()
    {
        await using var host = await HostFixture.StartAsync();

        var described = (await host.Client().GetJsonAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.Names().Select(method => $"{method.ToUpperInvariant()} {path.Name}")).Order();

        var mapped = host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true })
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}")).Order();
        Assert.Equal(mapped, described);
        Assert.Contains("POST /runtime/webhooks/durabletask/instances/{id}/raiseEvent/{eventName}", described);
        Assert.Contains("POST /api/models/{version}/activate", described);
    }
}
