using System.Text.Json;

namespace Retraining.Tests.Cli;

/// <summary>Whole runs that wait for a person, answered by another command.</summary>
public sealed class ApprovalCommandTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Run_Rejected_Ends3RecordsWhoAndWhyAndPublishesNothing()
    {
        var running = await StartAsync();
        var early = await _cli.RunAsync("reject", "nobody");

        var reject = await _cli.RunAsync("reject", "--reason", "the sale ends on Monday");
        var run = await running;

        Assert.Equal((2, 0, 3), (early.Code, reject.Code, run.Code));
        using var state = JsonDocument.Parse(run.Out);
        var approval = state.RootElement.GetProperty("result").GetProperty("verdict").GetProperty("approval");
        Assert.False(approval.GetProperty("approved").GetBoolean());
        Assert.Equal("the sale ends on Monday", approval.GetProperty("reason").GetString());
        Assert.NotEqual("", approval.GetProperty("by").GetString());
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
        Assert.Equal(2, (await _cli.RunAsync("approve", "weekly")).Code);
    }

    [Fact]
    public async Task Run_Approved_IsPublished()
    {
        var running = await StartAsync();

        Assert.Equal(0, (await _cli.RunAsync("approve", "weekly")).Code);
        var run = await running;

        Assert.Equal(0, run.Code);
        Assert.Contains("\"reason\": \"retrain approve\"", run.Out, StringComparison.Ordinal); // when none is given
        Assert.True(Directory.Exists(_cli.PathOf("model-artifacts")));
    }

    [Fact]
    public async Task Run_NobodyAnswers_DoesWhatTheSettingSays()
    {
        _cli.Variables["TwoTower__Gate__ApprovalHours"] = "0.0001";
        var run = await RunAsync();

        Assert.Equal(3, run.Code);
        Assert.Contains("nobody answered within", run.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
    }

    private async Task<Task<CliResult>> StartAsync()
    {
        var running = RunAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!running.IsCompleted)
        {
            var status = await _cli.RunAsync(limit.Token, "status", "--json");
            if (status.Code == 0 && status.Out.Contains("\"wait-approval\"", StringComparison.Ordinal))
                break;
            limit.Token.ThrowIfCancellationRequested();
        }

        return running;
    }

    private async Task<CliResult> RunAsync() => await _cli.RunAsync(
        "run", "--data", await _cli.SampleAsync(), "--run-id", "weekly", "--json", "--set", "gate.min_over_popularity=0", "--set", "gate.approval=always");
}
