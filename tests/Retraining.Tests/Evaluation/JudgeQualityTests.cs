using System.Text.Json;
using Retraining.Evaluation;
using Retraining.Tests.Export;

namespace Retraining.Tests.Evaluation;

public sealed class JudgeQualityTests
{
    [Fact]
    public async Task RunAsync_UntrainedModelBelowPopularity_RefusesAndSaysWhy()
    {
        var run = await TrainedRun.CreateAsync();
        var verdict = await JudgeAsync(run, new() { MinOverPopularity = 100 }, reason: null);

        Assert.False(verdict.Passed);
        Assert.False(verdict.Publishes);
        var rule = Assert.Single(verdict.Rules, rule => rule.Name == "above-popularity");
        Assert.False(rule.Passed);
        Assert.Contains("expected above 100.00 times", rule.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OverrideReason_PublishesAndRecordsIt()
    {
        var run = await TrainedRun.CreateAsync();
        var verdict = await JudgeAsync(run, new() { MinOverPopularity = 100 }, reason: " new catalogue ");

        Assert.False(verdict.Passed);
        Assert.True(verdict.Publishes);
        using var file = JsonDocument.Parse(run.Work.Text(verdict.File.Path));
        Assert.Equal("new catalogue", file.RootElement.GetProperty("override_reason").GetString());
        Assert.False(file.RootElement.GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task RunAsync_AllRulesHold_PassesAndNeedsNoReason()
    {
        var run = await TrainedRun.CreateAsync();
        var verdict = await JudgeAsync(run, new() { MinOverPopularity = 0, AbsoluteFloor = 0 }, reason: "none needed");
        Assert.True(verdict.Passed);
        Assert.Null(verdict.OverrideReason);
    }

    [Fact]
    public async Task RunAsync_MetricThatWasNotMeasured_NamesTheOthers()
    {
        var run = await TrainedRun.CreateAsync();
        var error = await Assert.ThrowsAsync<Retraining.Execution.PermanentStageException>(() => JudgeAsync(run, new() { Metric = "recall@11" }, reason: null));
        Assert.Contains("gate.metric: recall@11, expected one of", error.Message, StringComparison.Ordinal);
    }

    private static async Task<Verdict> JudgeAsync(TrainedRun run, GateSettings gate, string? reason)
    {
        var report = await new EvaluateModel(run.Work, _ => run.Published).RunAsync(
            new(run.Data, run.Challenger, new() { Ks = [10], Resamples = 100 }, new()), run.Context, CancellationToken.None);
        return await new JudgeQuality(run.Work).RunAsync(new(report, run.Challenger, gate, reason), run.Context, CancellationToken.None);
    }
}
