using System.Net;
using Retraining.Execution;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Host;

/// <summary>The API over the embedded engine itself.</summary>
public sealed class EngineOverHttpTests : IAsyncLifetime
{
    private readonly EngineFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.CloseAsync();

    [Fact]
    public async Task Start_EmbeddedEngine_IsFollowedToItsEndByItsLinks()
    {
        var engine = _fixture.Open();
        var goOn = new TaskCompletionSource();
        _fixture.On("last", async (_, _, token) =>
        {
            await goOn.Task.WaitAsync(token);
            return new Note("done");
        });
        await using var host = await HostFixture.StartAsync(engine: engine);
        var started = await (await host.Client().PostAsync("/api/retrain", null)).JsonAsync();
        var (id, status) = (started.GetProperty("id").GetString()!, started.GetProperty("statusQueryGetUri").GetString()!);

        using var client = host.Client(key: null);
        Assert.Equal(HttpStatusCode.Accepted, (await client.GetAsync(status)).StatusCode);
        await (await host.Client().PostAsync("/api/retrain", null)).ProblemAsync(HttpStatusCode.Conflict);

        goOn.SetResult();
        await engine.WaitAsync(id, default);
        var ended = await client.GetAsync($"{status}&showHistory=true&showHistoryOutput=true");

        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        var body = await ended.JsonAsync();
        Assert.Equal("Completed", body.GetProperty("runtimeStatus").GetString());
        Assert.Equal("http", body.GetProperty("input").GetProperty("startedBy").GetString());
        Assert.Equal("done", body.GetProperty("output").GetProperty("version").GetString());
        var history = body.GetProperty("historyEvents");
        Assert.Equal(
            ["ExecutionStarted", "TaskCompleted", "TaskCompleted", "TaskCompleted", "TaskCompleted", "ExecutionCompleted"],
            history.EnumerateArray().Select(e => e.GetProperty("EventType").GetString()!));
        Assert.Equal("http", history[0].GetProperty("Input").Nested().GetProperty("startedBy").GetString());
        Assert.Equal("http", history[1].GetProperty("Input").Nested().GetProperty("text").GetString());
        Assert.Equal("first(http)", history[1].GetProperty("Result").GetProperty("text").GetString());
        Assert.Equal("Published", history[5].GetProperty("Result").GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Start_ManyAtOnceOnTwoHosts_IsOneRunThatAllOthersName()
    {
        var go = new TaskCompletionSource();
        _fixture.On("first", async (input, _, token) =>
        {
            await go.Task.WaitAsync(token);
            return input;
        });
        await using var one = await HostFixture.StartAsync(engine: _fixture.Open());
        await using var two = await HostFixture.StartAsync(engine: _fixture.Open());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? one : two).Client().PostAsync("/api/retrain", null)));

        var id = (await Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Accepted).JsonAsync()).GetProperty("id").GetString();
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Accepted))
        {
            await refused.ProblemAsync(HttpStatusCode.Conflict);
            var body = await refused.JsonAsync();
            Assert.Equal(id, body.GetProperty("id").GetString());
            Assert.Equal(HttpStatusCode.Accepted, (await one.Client(key: null).GetAsync(body.GetProperty("statusQueryGetUri").GetString())).StatusCode);
        }

        go.SetResult();
    }

    [Fact]
    public async Task Terminate_EmbeddedEngine_StopsTheRunningStage()
    {
        var engine = _fixture.Open();
        var running = new TaskCompletionSource();
        _fixture.On("first", async (_, _, token) =>
        {
            running.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new Note("never");
        });
        await using var host = await HostFixture.StartAsync(engine: engine);
        var started = await (await host.Client().PostAsync("/api/retrain", null)).JsonAsync();
        await running.Task;

        await host.Client().PostAsync(
            started.GetProperty("terminatePostUri").GetString()!.Replace("{text}", "wrong%20data", StringComparison.Ordinal), null);
        await engine.WaitAsync(started.GetProperty("id").GetString()!, default);

        var body = await host.Client().GetJsonAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal(("Terminated", "wrong data"), (body.GetProperty("runtimeStatus").GetString(), body.GetProperty("output").GetString()));
    }

    [Fact]
    public async Task History_FailedStage_TellsTheError()
    {
        var engine = _fixture.Open();
        _fixture.On("left", () => throw new PermanentStageException("the file is torn"));
        await using var host = await HostFixture.StartAsync(engine: engine);
        var started = await (await host.Client().PostAsync("/api/retrain", null)).JsonAsync();
        await engine.WaitAsync(started.GetProperty("id").GetString()!, default);

        var response = await host.Client().GetAsync($"{started.GetProperty("statusQueryGetUri").GetString()}&showHistory=true&returnInternalServerErrorOnFailure=true");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var failed = Assert.Single(
            (await response.JsonAsync()).GetProperty("historyEvents").EnumerateArray(), e => e.GetProperty("EventType").GetString() == "TaskFailed");
        Assert.Equal(("left", "the file is torn"), (failed.GetProperty("FunctionName").GetString(), failed.GetProperty("Reason").GetString()));
    }
}
