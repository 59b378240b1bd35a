using Retraining.Evaluation;

namespace Retraining.Approvals;

/// <summary>What became of the question whether a challenger that passed the gate goes live.</summary>
public sealed record Approval
{
    public required bool Approved { get; init; }

    /// <summary>Why a person was asked.</summary>
    public required string Asked { get; init; }

    /// <summary>Who answered; null when nobody did in time.</summary>
    public string? By { get; init; }

    /// <summary>Why it was answered so.</summary>
    public string? Reason { get; init; }

    /// <param name="asked">Why a person was asked.</param>
    /// <param name="answer">Null when nobody answered in time.</param>
    /// <param name="gate">Says what happens then.</param>
    public static Approval Of(string asked, ApprovalAnswer? answer, GateSettings gate) => answer is null
        ? new Approval
        {
            Asked = asked,
            Approved = gate.WithoutAnswer == GateSettings.Publish,
            Reason = $"nobody answered within {gate.ApprovalHours:0.##} hours",
        }
        : new Approval { Asked = asked, Approved = answer.Approved, By = answer.By ?? "somebody", Reason = answer.Reason };

    /// <summary>One sentence for people.</summary>
    public string Told()
    {
        var reason = Reason is null ? "" : $": {Reason}";
        return Approved ? $"Approved by {By ?? "default"}{reason}" : $"Not approved{(By is null ? "" : $" by {By}")}{reason}";
    }
}
