using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Approvals;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Tests.Host;

namespace Retraining.Tests.Approvals;

public sealed class AskApprovalTests
{
    [Fact]
    public async Task RunAsync_Asked_TellsAllThatAPersonNeedsToAnswer()
    {
        var channel = new RecordingChannel();
        var time = new FakeTime(HostFixture.Start);
        var stage = new AskApproval(new Announcer([channel], new SecretText([]), time, NullLogger<Announcer>.Instance), time);
        var result = SampleRuns.Published("x").Result!;
        var input = new AskApproval.Input(
            result.Version, "it may lose up to 4.0 %", result.Verdict, result.Evaluation, new GateSettings { ApprovalHours = 72 },
            new NotificationSettings(), "https://retrain.example.org/");

        var asked = await stage.RunAsync(
            input, new StageContext("weekly", HostFixture.Start, 1, new Progress<StageProgress>()), CancellationToken.None);

        Assert.Equal(HostFixture.Start.AddDays(3), asked.Until);
        Assert.Equal(["log", "recording"], asked.Delivered);
        Assert.Equal("Retraining weekly waits for approval", Assert.Single(channel.Subjects));
        string[] needed =
        [
            "Version 20261120_120000", "because it may lose up to 4.0 %", "recall@10 0.2100, popularity 0.1100, champion 20261113_120000 0.2000",
            "above-popularity: recall@10 0.21", "retrain approve weekly --reason", "retrain reject weekly --reason",
            "https://retrain.example.org/runs/weekly", "Without an answer by 2026-11-23 12:00:00Z it is refused",
        ];
        Assert.All(needed, part => Assert.Contains(part, Assert.Single(channel.Texts), StringComparison.Ordinal));
    }
}
