namespace Retraining.Publish;

/// <summary>What came out when a published version was read back.</summary>
public sealed record VerificationReport
{
    public required string Version { get; init; }
    public required IReadOnlyList<VerificationCheck> Checks { get; init; }

    public IEnumerable<string> Faults => Checks.SelectMany(check => check.Faults.Select(fault => $"{check.Name}: {fault}"));

    public bool Passed => Checks.All(check => check.Passed);
}
