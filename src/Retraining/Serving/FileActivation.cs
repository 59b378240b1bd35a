namespace Retraining.Serving;

/// <summary>One switch of a file index.</summary>
internal sealed record FileActivation(string Version, string? PreviousVersion, DateTimeOffset At, string By, string? Reason);
