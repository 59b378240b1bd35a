using System.Text.Json.Serialization;

namespace Retraining.Dataset;

/// <summary>One rule of the data contract, held against a snapshot.</summary>
/// <param name="Name">Short, for dashboards: <c>positives</c>.</param>
/// <param name="Found">What is there, as words.</param>
/// <param name="Expected">What should be there, with the setting that says so.</param>
/// <param name="Passed">Whether it holds.</param>
public sealed record ContractRule(
    string Name, string Found, string Expected, [property: JsonPropertyOrder(-1)] bool Passed)
{
    public override string ToString() => $"{Name}: found {Found}, expected {Expected}";
}
