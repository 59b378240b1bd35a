using System.Text;
using System.Text.Json;
using Retraining.Approvals;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;
using Retraining.Tests.Host;

namespace Retraining.Tests.Local.Runs;

public sealed class RunSummaryTests
{
    public static TheoryData<RunState> Runs => new(
        SampleRuns.Published("published"), SampleRuns.Rejected("rejected"), SampleRuns.Failed("failed"), Full(),
        SampleRuns.Of("cancelled", RunStatus.Terminated) with { Error = "by \"operator\"\n\u3042" });

    [Theory]
    [MemberData(nameof(Runs))]
    public void Read_Written_IsTheSame(RunState run)
    {
        var (summary, body) = RunSummary.Of(run, 1234);

        var read = RunSummary.Read(new StoredSummary(1234, summary.Head()));

        Assert.Equal(Text(summary), Text(read!));
        var whole = read!.With(body)!;
        Assert.Equal(JsonSerializer.Serialize(run.Request, RecordJson.Options), Encoding.UTF8.GetString(whole.RequestJson!.Value.Span));
        Assert.Equal(JsonSerializer.Serialize(run.Result, RecordJson.Options), Encoding.UTF8.GetString(whole.ResultJson!.Value.Span));
    }

    [Fact]
    public void Read_JournalHasGrown_IsNull()
    {
        var (summary, _) = RunSummary.Of(SampleRuns.Published("one"), 1234);

        Assert.Null(RunSummary.Read(new StoredSummary(1235, summary.Head())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"length":1234,"checksum":1,"requestBytes":2,"brief":null}""")]
    [InlineData("""{"length":1234,"checksum":-1,"requestBytes":2,"brief":{}}""")]
    [InlineData("""{"length":1234,"checksum":1,"requestBytes":2,"brief":{"runId":"x","status":"Unheard"}}""")]
    public void Read_Damaged_IsNull(string head) => Assert.Null(RunSummary.Read(new StoredSummary(1234, Encoding.UTF8.GetBytes(head))));

    [Fact]
    public void With_BodyDamaged_IsNull()
    {
        var (summary, body) = RunSummary.Of(SampleRuns.Published("one"), 1234);
        body[^3] ^= 1;

        Assert.Null(summary.With(body));
        Assert.Null(summary.With(null));
    }

    /// <summary>Everything set that an ended run can have.</summary>
    private static RunState Full()
    {
        var run = SampleRuns.Published("full");
        var result = run.Result!;
        return run with
        {
            Request = run.Request with { DryRun = true, StartedBy = "operator" },
            Stages = [SampleRuns.Done(Stages.JudgeQuality, result.Verdict)],
            Result = result with
            {
                Location = "two-tower/v3/20261120_120000/",
                Verdict = result.Verdict with
                {
                    OverrideReason = "campaign",
                    Approval = new Approval { Approved = true, Asked = "unclear", By = "ann", Reason = "looked at it" },
                },
                Evaluation = result.Evaluation with
                {
                    Challenger = new Dictionary<string, double> { ["recall@10"] = 0.2, ["ndcg@10"] = double.NaN },
                    Champion = null,
                },
            },
        };
    }

    private static string Text(RunSummary summary) => JsonSerializer.Serialize(summary, RecordJson.Options);
}
