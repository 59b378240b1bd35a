using Retraining.Approvals;
using Retraining.Artifacts;

namespace Retraining.Evaluation;

/// <summary>The gate's answer, rule by rule.</summary>
public sealed record Verdict
{
    /// <summary>All rules hold.</summary>
    public required bool Passed { get; init; }
    public required IReadOnlyList<GateRule> Rules { get; init; }

    /// <summary>Beside the champion, by metric and segment; for people, only the rules decide. Empty on the first run.</summary>
    public IReadOnlyList<GateFinding> Findings { get; init; } = [];

    /// <summary>
    /// What later challengers are held against beside this version, should it go live: null for this version itself, because it is the
    /// first, was shown to be better than the reference so far, or went live by a person's word.
    /// </summary>
    public string? ReferenceVersion { get; init; }

    /// <summary>Reason of the operator who publishes in spite of a failed rule; null otherwise.</summary>
    public string? OverrideReason { get; init; }

    /// <summary><c>gate.json</c>.</summary>
    public required ArtifactRef File { get; init; }

    /// <summary>The answer of a person who was asked after all rules held; null when nobody was.</summary>
    public Approval? Approval { get; init; }

    public bool Publishes => (Passed || OverrideReason is not null) && Approval is not { Approved: false };
}
