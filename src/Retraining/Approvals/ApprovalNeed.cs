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
    private static string? Unclear(Verdict verdict)
    {
        if (verdict.Rules.FirstOrDefault(rule => rule.Name == GateRules.Champion) is not { Low: < 0 and var low, Threshold: var allowed })
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"it is not shown to be as good as the champion: it may lose up to {-low:P1}, and an estimate of {-allowed:P1} is allowed");
    }
}
