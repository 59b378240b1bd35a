namespace Retraining.Approvals;

/// <summary>A question that people were asked.</summary>
public sealed record AskedApproval
{
    /// <summary>Why a person is asked.</summary>
    public required string Why { get; init; }

    /// <summary>When the run goes on without an answer.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Channels that took it.</summary>
    public required IReadOnlyList<string> Delivered { get; init; }

    /// <summary>Channels that did not, each with the reason.</summary>
    public required IReadOnlyList<string> Failed { get; init; }
}
