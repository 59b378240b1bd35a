using System.Text.Json;
using Retraining.Configuration;

namespace Retraining;

/// <summary>Input of a run: the settings in force, resolved and without secrets, so that a resumed run uses the same.</summary>
public sealed record RetrainingRequest
{
    public required RetrainingSettings Settings { get; init; }

    /// <summary>What this start laid over the settings in force, as it was given; null when nothing. <see cref="Settings"/> has it in it.</summary>
    public JsonElement? Overrides { get; init; }

    /// <summary>Who or what started it: <c>timer</c>, <c>cli</c>, <c>http</c>, or a name.</summary>
    public string StartedBy { get; init; } = "cli";

    /// <summary>Why a failed gate is overridden; null leaves the decision to the gate.</summary>
    public string? OverrideReason { get; init; }

    /// <summary>Stop before anything is published.</summary>
    public bool DryRun { get; init; }

    /// <summary>Stop after the gate: nothing is exported.</summary>
    public bool SkipExport { get; init; }

    /// <summary>Stop after the export: no embeddings, so nothing that could go live.</summary>
    public bool SkipEmbeddings { get; init; }

    /// <summary><c>GITHUB_SHA</c> of the code that runs, for the records.</summary>
    public string? CommitSha { get; init; }
}
