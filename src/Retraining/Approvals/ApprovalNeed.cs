using System.Globalization;
using Retraining.Evaluation;

namespace Retraining.Approvals;

/// <summary>Whether a person decides, after the gate let a challenger pass.</summary>
internal static class ApprovalNeed
{
    /// <returns>Why a person is asked; null when the gate's answer is enough.</returns>
    public static string? Of(RetrainingRequest request, Verdict verdict)
    {
        // Who overrode the gate has decided already, and a run that publishes nothing needs nobody.
        if (!verdict.Passed || request.DryRun || request.SkipExport || request.SkipEmbeddings)
            return null;
        return request.Settings.Gate.Approval switch
        {
            GateSettings.Always => "every version needs a person's approval (gate.approval: always)",
            GateSettings.Unclear => Unclear(verdict),
            _ => null,
        };
    }

    /// <summary>It passed because a small loss is allowed, not because it is shown to be as good.</summary>
    private static string? Unclear(Verdict verdict) =>
        verdict.Rules.FirstOrDefault(rule => rule.Name == GateRules.Champion && rule.Value < 0) is { } rule
            ? string.Create(CultureInfo.InvariantCulture, $"it is not shown to be as good as the champion: it may lose up to {-rule.Value:P1}, and {-rule.Threshold:P1} is allowed")
            : null;
}
