using Retraining.Approvals;
using Retraining.Configuration;
using Retraining.Evaluation;
using Retraining.Tests.Host;

namespace Retraining.Tests.Approvals;

public sealed class ApprovalNeedTests
{
    [Theory]
    [InlineData("never", -0.04, null)]
    [InlineData("unclear", -0.04, "it may lose up to 4.0 %, and an estimate of 5.0 % is allowed")]
    [InlineData("unclear", 0.0, null)]
    [InlineData("unclear", 0.02, null)]
    [InlineData("always", 0.02, "every version needs a person's approval")]
    public void Of_PassedByABound_AsksAsTheSettingSays(string approval, double bound, string? why)
    {
        var asked = ApprovalNeed.Of(Request(approval), Verdict(bound));

        if (why is null)
            Assert.Null(asked);
        else
            Assert.Contains(why, asked, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoChampionYet_IsClear() =>
        Assert.Null(ApprovalNeed.Of(Request("unclear"), Verdict(0) with { Rules = [] }));

    [Fact]
    public void Of_RunsThatPublishNothingOrWereDecidedByAPerson_AskNobody()
    {
        var (request, verdict) = (Request("always"), Verdict(0.02));

        Assert.Null(ApprovalNeed.Of(request with { DryRun = true }, verdict));
        Assert.Null(ApprovalNeed.Of(request with { SkipExport = true }, verdict));
        Assert.Null(ApprovalNeed.Of(request with { SkipEmbeddings = true }, verdict));
        Assert.Null(ApprovalNeed.Of(request, verdict with { Passed = false, OverrideReason = "we know" }));
        Assert.Null(ApprovalNeed.Of(request, verdict with { Passed = false }));
    }

    private static RetrainingRequest Request(string approval) =>
        new() { Settings = new RetrainingSettings { Gate = new GateSettings { Approval = approval } } };

    private static Verdict Verdict(double bound) => SampleRuns.Published("x").Result!.Verdict with
    {
        Rules = [new GateRule(GateRules.Champion, bound + 0.01, -0.05, true, "paired difference", bound, bound + 0.02)],
    };
}
