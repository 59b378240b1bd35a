namespace Retraining.Evaluation;

/// <summary>One rule of the gate with what it saw.</summary>
/// <param name="Name">Kebab case: <c>above-popularity</c>.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Threshold">What it was held against.</param>
/// <param name="Passed">Verdict.</param>
/// <param name="Explanation">One sentence for a person, with the numbers.</param>
/// <param name="Low">Where two models are compared, the lower end of the paired interval, in the unit of <paramref name="Value"/>.</param>
/// <param name="High">Its upper end.</param>
public sealed record GateRule(
    string Name, double Value, double Threshold, bool Passed, string Explanation, double? Low = null, double? High = null);
