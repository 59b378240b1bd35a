namespace Retraining.Serving;

/// <summary>One switch of a file index.</summary>
internal sealed record FileActivation(string Version, string? PreviousVersion, DateTimeOffset At, string By, string? Reason)
{
    public Activation ToActivation() => new() { Version = Version, PreviousVersion = PreviousVersion, ActivatedAt = At, By = By, Reason = Reason };
}
