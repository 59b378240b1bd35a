using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Cli.Logs;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Tests.Host;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Cli.Logs;

public sealed class LogLinesTests : IAsyncLifetime, IDisposable
{
    private readonly StringWriter _lines = new();
    private readonly EngineFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.CloseAsync();

    public void Dispose() => _lines.Dispose();

    [Fact]
    public async Task Json_EngineRun_EveryLineWithinItNamesRunAndStage()
    {
        using var logging = Logging(JsonLine.Of);
        _fixture.Logging = logging;
        var stages = logging.CreateLogger("Own.Stage");
        _fixture.On("left", (input, context, _) =>
        {
            var values = new Dictionary<string, double> { ["loss"] = 4.25 };
            context.Progress.Report(new StageProgress { Message = "epoch 1 of 3", Values = values });
            context.Progress.Report(new StageProgress { Message = "epoch 2 of 3" });
            stages.LogWarning("within {Thing}", "Password=hunter2");
            return Task.FromResult(input);
        });

        var run = await EngineFixture.RunAsync(_fixture.Open(), "weekly");

        Assert.Equal(RunStatus.Completed, run.Status);
        var lines = Lines();
        var within = lines.Where(line => line.GetProperty("message").GetString()!.StartsWith("Stage ", StringComparison.Ordinal)).ToList();
        Assert.Equal(8, within.Count); // four stages start and complete
        Assert.All(within, line => Assert.Equal("weekly", Scope(line, "retrain.run.id")));
        Assert.Equal(["first", "last", "left", "right"], within.Select(line => Scope(line, "retrain.stage")).Distinct().Order());
        Assert.All(within, line => Assert.Equal(line.GetProperty("values").GetProperty("Stage").GetString(), Scope(line, "retrain.stage")));
        var own = Assert.Single(lines, line => line.GetProperty("category").GetString() == "Own.Stage");
        Assert.Equal(("weekly", "left"), (Scope(own, "retrain.run.id"), Scope(own, "retrain.stage")));
        Assert.Equal("warning", own.GetProperty("level").GetString());
        Assert.Equal("Password=***", own.GetProperty("values").GetProperty("Thing").GetString());
        var progress = Assert.Single(lines, line => line.GetProperty("message").GetString() == "epoch 1 of 3, loss 4.25");
        Assert.Equal("weekly", Scope(progress, "retrain.run.id"));
        Assert.DoesNotContain(lines, line => line.GetProperty("message").GetString() == "epoch 2 of 3"); // too soon after the first
        Assert.DoesNotContain("hunter2", _lines.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_EngineRun_NamesRunAndStageBeforeTheMessage()
    {
        using var logging = Logging(TextLine.Of);
        _fixture.Logging = logging;

        await EngineFixture.RunAsync(_fixture.Open(), "weekly");

        var lines = _lines.ToString().Split('\n');
        Assert.Contains("information LocalEngine [weekly left]: Stage left started, attempt 1", lines);
        Assert.Contains("information LocalEngine [weekly]: Run weekly ended: run-completed", lines);
    }

    [Fact]
    public void Json_Fault_IsOneLineWithoutSecrets()
    {
        using var logging = Logging(JsonLine.Of);
        logging.CreateLogger("Any").LogError(new IOException("first line\nPassword=hunter2"), "{Number} {Nothing}", 3, null);

        var line = Assert.Single(Lines());
        Assert.Equal(("error", 3), (line.GetProperty("level").GetString(), line.GetProperty("values").GetProperty("Number").GetInt32()));
        var exception = line.GetProperty("exception").GetString();
        Assert.StartsWith("System.IO.IOException: first line\nPassword=***", exception, StringComparison.Ordinal);
        Assert.Equal("2026-11-20T12:00:00Z", line.GetProperty("timestamp").GetString());
    }

    private ILoggerFactory Logging(Func<LogEntry, string> write)
    {
        var provider = new LineLoggerProvider(_lines, new SecretText(["hunter2"]), new FakeTime(HostFixture.Start), write);
        return LoggerFactory.Create(logging => logging.AddProvider(provider));
    }

    private List<JsonElement> Lines() =>
        [.. _lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string? Scope(JsonElement line, string name) =>
        line.GetProperty("scope").TryGetProperty(name, out var value) ? value.GetString() : null;
}
