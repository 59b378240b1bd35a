namespace Retraining.Publish;

/// <summary>One thing that was held against what it should be.</summary>
/// <param name="Name"><c>files</c>, <c>dimensions</c>, <c>golden</c>, <c>counts</c>, <c>vectors</c> or <c>ann-recall</c>.</param>
/// <param name="Faults">A sentence each; none when all is as it should be.</param>
/// <param name="Detail">What was looked at.</param>
public sealed record VerificationCheck(string Name, IReadOnlyList<string> Faults, string Detail)
{
    public bool Passed => Faults.Count == 0;
}
