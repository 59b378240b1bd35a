using System.Text.Json;
using Retraining.Approvals;
using Retraining.Evaluation;
using Retraining.Execution;

namespace Retraining.Tests.Approvals;

public sealed class ApprovalAnswerTests
{
    [Theory]
    [InlineData("""{"approved":true,"reason":" looks fine ","by":"ana"}""", true, "looks fine", "ana")]
    [InlineData("""{"approved":false}""", false, null, null)]
    public void Read_Answer_IsTaken(string json, bool approved, string? reason, string? by) =>
        Assert.Equal(new ApprovalAnswer(approved, reason, by), JsonSerializer.Deserialize<ApprovalAnswer>(json, RecordJson.Options));

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"yes\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"approved":"true"}""")]
    [InlineData("""{"approved":true,"reason":{}}""")]
    public void Read_SomethingElse_IsRefusedAndCountsAsANo(string json)
    {
        Assert.Throws<FormatException>(() => ApprovalAnswer.Read(JsonSerializer.Deserialize<JsonElement>(json)));

        var answer = JsonSerializer.Deserialize<ApprovalAnswer>(json, RecordJson.Options)!;
        Assert.False(answer.Approved);
        Assert.StartsWith("the answer cannot be read", answer.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reject", false, "Not approved: nobody answered within 0.5 hours")]
    [InlineData("publish", true, "Approved by default: nobody answered within 0.5 hours")]
    public void Of_NobodyAnswered_DoesWhatTheSettingSays(string withoutAnswer, bool approved, string told)
    {
        var approval = Approval.Of("unclear", null, new GateSettings { ApprovalHours = 0.5, WithoutAnswer = withoutAnswer });

        Assert.Equal((approved, told), (approval.Approved, approval.Told()));
    }
}
