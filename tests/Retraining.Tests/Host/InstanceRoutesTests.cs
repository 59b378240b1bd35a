using System.Net;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Tests.Host;

public sealed class InstanceRoutesTests
{
    private const string Instances = "/runtime/webhooks/durabletask/instances";

    [Theory]
    [InlineData(RunStatus.Pending, 202)]
    [InlineData(RunStatus.Running, 202)]
    [InlineData(RunStatus.Suspended, 202)]
    [InlineData(RunStatus.Completed, 200)]
    [InlineData(RunStatus.Failed, 200)]
    [InlineData(RunStatus.Terminated, 200)]
    public async Task Get_EachStatus_HasDurableFunctionsCodeAndHeaders(RunStatus status, int code)
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Of("run-1", status));

        var response = await host.Client().GetAsync($"{Instances}/run-1?taskHub=x");

        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal(code == 202 ? TimeSpan.FromSeconds(5) : null, response.Headers.RetryAfter?.Delta);
        Assert.Equal(code == 202 ? new Uri(host.Url, $"{Instances}/run-1?taskHub=x") : null, response.Headers.Location);
        Assert.Equal(status.ToString(), (await response.JsonAsync()).GetProperty("runtimeStatus").GetString());
    }

    [Fact]
    public async Task Get_Running_HasDurableFunctionsShape()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Running());

        var body = await host.Client().GetJsonAsync($"{Instances}/retrain-2026-W47");

        Assert.Equal(["name", "instanceId", "runtimeStatus", "input", "customStatus", "output", "createdTime", "lastUpdatedTime"], body.Names());
        Assert.Equal("retrain-2026-W47", body.GetProperty("instanceId").GetString());
        Assert.Equal("2026-11-20T12:00:00Z", body.GetProperty("createdTime").GetString());
        Assert.Equal("2026-11-20T12:03:00Z", body.GetProperty("lastUpdatedTime").GetString());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("output").ValueKind);
        Assert.Equal("timer", body.GetProperty("input").GetProperty("startedBy").GetString());
        var stage = Assert.Single(body.GetProperty("customStatus").GetProperty("stages").EnumerateArray());
        Assert.Equal("train", stage.GetProperty("name").GetString());
        Assert.Equal(4.25, stage.GetProperty("progress").GetProperty("values").GetProperty("loss").GetDouble());
    }

    [Fact]
    public async Task Get_ShowInputFalse_LeavesTheInputOut()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Running());

        var body = await host.Client().GetJsonAsync($"{Instances}/retrain-2026-W47?showInput=false");

        Assert.Equal(JsonValueKind.Null, body.GetProperty("input").ValueKind);
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("?returnInternalServerErrorOnFailure=true", 500)]
    public async Task Get_Failed_Is500OnlyWhenAsked(string query, int code)
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Add(SampleRuns.Failed("run-1"));

        var response = await host.Client().GetAsync($"{Instances}/run-1{query}");

        Assert.Equal(code, (int)response.StatusCode);
        Assert.Contains("loss is NaN", (await response.JsonAsync()).GetProperty("output").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&showInput=false")]
    [InlineData("&showHistoryOutput=true")]
    public async Task Get_ShowHistory_TellsTheJournalInDurableFunctionsWords(string query)
    {
        await using var host = await HostFixture.StartAsync();
        var at = HostFixture.Start;
        host.Runs.Add(
            SampleRuns.Failed("run-1"),
            new RunEvent(0, at, EventKinds.RunStarted, null, """{"runId":"run-1","request":{"startedBy":"timer"}}"""),
            new RunEvent(1, at.AddSeconds(1), EventKinds.StageStarted, "sync", """{"title":"Sync","input":{"kind":"files"}}"""),
            new RunEvent(2, at.AddSeconds(2), EventKinds.AttemptFailed, "sync", """{"attempt":1,"error":"connection reset","retryInMs":2000}"""),
            new RunEvent(3, at.AddSeconds(9), EventKinds.StageCompleted, "sync", """{"attempts":2,"result":{"users":600}}"""),
            new RunEvent(4, at.AddSeconds(10), EventKinds.RunFailed, null, """{"error":"loss is NaN"}"""));

        var events = (await host.Client().GetJsonAsync($"{Instances}/run-1?showHistory=true{query}")).GetProperty("historyEvents");

        Assert.Equal(["ExecutionStarted", "TaskFailed", "TaskCompleted", "ExecutionCompleted"], events.EnumerateArray().Select(e => e.GetProperty("EventType").GetString()!));
        var (started, failed, completed, ended) = (events[0], events[1], events[2], events[3]);
        Assert.Equal("RetrainingPipeline", started.GetProperty("FunctionName").GetString());
        Assert.Equal("connection reset", failed.GetProperty("Reason").GetString());
        Assert.Equal("sync", completed.GetProperty("FunctionName").GetString());
        Assert.Equal(at.AddSeconds(9), completed.GetProperty("Timestamp").GetDateTimeOffset());
        Assert.Equal(at.AddSeconds(1), completed.GetProperty("ScheduledTime").GetDateTimeOffset());
        Assert.Equal("Failed", ended.GetProperty("OrchestrationStatus").GetString());
        var showsInput = !query.Contains("showInput=false", StringComparison.Ordinal);
        var showsOutput = query.Contains("showHistoryOutput", StringComparison.Ordinal);
        Assert.Equal(showsInput, started.TryGetProperty("Input", out _));
        Assert.Equal(showsInput, completed.TryGetProperty("Input", out var input) && input.GetString() == """{"kind":"files"}""");
        Assert.Equal(showsOutput, completed.TryGetProperty("Result", out var result) && result.GetProperty("users").GetInt32() == 600);
        Assert.Equal(showsOutput, ended.TryGetProperty("Result", out _));
    }

    [Fact]
    public async Task Get_ShowHistory_TellsPartsOfAStageAndEachFailureOnce()
    {
        await using var host = await HostFixture.StartAsync();
        var at = HostFixture.Start;
        host.Runs.Add(
            SampleRuns.Failed("run-1"),
            new RunEvent(0, at, EventKinds.StageStarted, "part", """{"input":1}""", Call: 4),
            new RunEvent(1, at.AddSeconds(1), EventKinds.StageStarted, "part", """{"input":2}""", Call: 5),
            new RunEvent(2, at.AddSeconds(2), EventKinds.AttemptFailed, "part", """{"attempt":1,"error":"reset","retryInMs":5}""", Call: 4),
            new RunEvent(3, at.AddSeconds(3), EventKinds.StageStarted, "part", """{"input":1}""", Call: 4),
            new RunEvent(4, at.AddSeconds(4), EventKinds.StageCompleted, "part", """{"attempts":1,"result":2}""", Call: 5),
            new RunEvent(5, at.AddSeconds(5), EventKinds.AttemptFailed, "part", """{"attempt":2,"error":"torn","retryInMs":null}""", Call: 4),
            new RunEvent(6, at.AddSeconds(6), EventKinds.StageFailed, "part", """{"attempts":2,"error":"torn"}""", Call: 4),
            new RunEvent(7, at.AddSeconds(7), EventKinds.StageFailed, "hub", """{"attempts":2,"error":"an engine that tells no attempts"}"""));

        var events = (await host.Client().GetJsonAsync($"{Instances}/run-1?showHistory=true")).GetProperty("historyEvents");

        Assert.Equal(
            [("TaskFailed", "1", 0), ("TaskCompleted", "2", 1), ("TaskFailed", "1", 3), ("TaskFailed", null, 7)],
            events.EnumerateArray().Select(e => (
                e.GetProperty("EventType").GetString()!,
                e.TryGetProperty("Input", out var input) ? input.GetString() : null,
                (int)(e.GetProperty("ScheduledTime").GetDateTimeOffset() - at).TotalSeconds)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(128)]
    [InlineData(2_000)]
    public async Task Get_AnyNumberOfPartsWithLongTexts_CustomStatusIsUnder16KilobytesOfUtf16(int parts)
    {
        await using var host = await HostFixture.StartAsync();
        var progress = new StageProgress
        {
            Message = new string('長', 500),
            Fraction = 0.5,
            Values = Enumerable.Range(0, 32).ToDictionary(i => $"値{i}", i => i / 3.0),
        };
        var stage = SampleRuns.Running().Stages[1] with { Progress = progress };
        host.Runs.Add(SampleRuns.Of("run-1", RunStatus.Running) with { Stages = [.. Enumerable.Repeat(stage, parts)] });

        var status = (await host.Client().GetJsonAsync($"{Instances}/run-1")).GetProperty("customStatus");

        Assert.InRange(status.GetRawText().Length, 1, 8 * 1024);
        var told = status.GetProperty("stages");
        Assert.Equal("train", told[0].GetProperty("name").GetString());
        Assert.Equal(parts, parts > 128 ? told[0].GetProperty("parts").GetInt32() : told.GetArrayLength());
        if (parts == 1)
            Assert.Equal(progress.Message, told[0].GetProperty("progress").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    public async Task Get_Unknown_Is404(string id)
    {
        await using var host = await HostFixture.StartAsync();
        await (await host.Client().GetAsync($"{Instances}/{id}")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("?runtimeStatus=Running,Failed", "run-3 run-1")]
    [InlineData("?runtimeStatus=Failed&runtimeStatus=Completed", "run-2 run-1")]
    [InlineData("?runtimeStatus=Canceled", "")]
    [InlineData("?runtimeStatus=nonsense", "run-3 run-2 run-1")]
    [InlineData("?runtimeStatus=nonsense,Failed", "run-1")]
    [InlineData("?instanceIdPrefix=run-2", "run-2")]
    [InlineData("?createdTimeFrom=2026-11-20T12:00:30Z", "run-3 run-2")]
    [InlineData("?createdTimeFrom=2026-11-20T12:00:30Z&createdTimeTo=2026-11-20T12:01:30Z", "run-2")]
    [InlineData("?createdTimeFrom=nonsense", "run-3 run-2 run-1")]
    public async Task List_Filters_LeaveWhatMatchesNewestFirst(string query, string expected)
    {
        await using var host = await HostFixture.StartAsync();
        AddThree(host);

        var body = await host.Client().GetJsonAsync(Instances + query);

        Assert.Equal(expected, string.Join(' ', body.EnumerateArray().Select(run => run.GetProperty("instanceId").GetString())));
    }

    [Fact]
    public async Task List_Pages_AreLinkedByTheContinuationHeader()
    {
        await using var host = await HostFixture.StartAsync();
        AddThree(host);
        using var client = host.Client();

        var first = await client.GetAsync($"{Instances}?top=2");
        var token = Assert.Single(first.Headers.GetValues("x-ms-continuation-token"));
        client.DefaultRequestHeaders.Add("x-ms-continuation-token", token);
        var second = await client.GetAsync($"{Instances}?top=2");

        Assert.Equal(2, (await first.JsonAsync()).GetArrayLength());
        Assert.Equal("run-1", Assert.Single((await second.JsonAsync()).EnumerateArray()).GetProperty("instanceId").GetString());
        Assert.Equal("", Assert.Single(second.Headers.GetValues("x-ms-continuation-token")));
    }

    private static void AddThree(HostFixture host)
    {
        host.Runs.Add(SampleRuns.Failed("run-1"));
        host.Runs.Add(SampleRuns.Published("run-2") with { CreatedAt = HostFixture.Start.AddMinutes(1) });
        host.Runs.Add(SampleRuns.Running("run-3") with { CreatedAt = HostFixture.Start.AddMinutes(2) });
    }
}
