using System.Text.Json;
using Retraining.Operations;

namespace Retraining.Local.Runs;

/// <summary>One call of the definition, as the journal tells it.</summary>
internal sealed record RecordedCall
{
    /// <summary>From 0, in the order in which the definition asks.</summary>
    public required int Call { get; init; }
    public required string Stage { get; init; }
    public required string Title { get; init; }
    public required JsonElement Input { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required int Attempts { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Set once it has completed.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Error of the newest failed attempt.</summary>
    public string? Error { get; init; }

    /// <summary>All attempts that failed, oldest first.</summary>
    public IReadOnlyList<FailedAttempt> Failures { get; init; } = [];

    /// <summary>It failed for good.</summary>
    public bool Failed { get; init; }

    public bool HasOutcome => Failed || Result is not null;
}
