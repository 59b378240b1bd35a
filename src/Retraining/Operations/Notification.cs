namespace Retraining.Operations;

/// <summary>What people were told at the end of a run.</summary>
public sealed record Notification
{
    /// <summary>Channels that took it: <c>log</c>, <c>webhook</c>.</summary>
    public required IReadOnlyList<string> Delivered { get; init; }

    /// <summary>Channels that did not, each with the reason. They never fail a run.</summary>
    public required IReadOnlyList<string> Failed { get; init; }
}
