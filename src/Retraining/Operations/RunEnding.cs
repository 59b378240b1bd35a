using Retraining.Approvals;
using Retraining.Evaluation;

namespace Retraining.Operations;

/// <summary>How a run that did not fail ended, in short: <see cref="RetrainingResult"/> has the rest.</summary>
public sealed record RunEnding
{
    private static readonly string[] Always = ["recall@10", "ndcg@10"];

    public required RetrainingOutcome Outcome { get; init; }
    public required string Version { get; init; }

    /// <inheritdoc cref="RetrainingResult.Location"/>
    public string? Location { get; init; }

    /// <summary>Names of the gate's rules that did not hold.</summary>
    public required IReadOnlyList<string> BrokenRules { get; init; }

    /// <inheritdoc cref="Verdict.OverrideReason"/>
    public string? OverrideReason { get; init; }

    /// <inheritdoc cref="Verdict.Approval"/>
    public Approval? Approval { get; init; }

    /// <summary>The gate's metric first.</summary>
    public required IReadOnlyList<HeadlineMetric> Metrics { get; init; }

    /// <inheritdoc cref="EvaluationReport.ChampionVersion"/>
    public string? ChampionVersion { get; init; }

    /// <param name="result">Of the run.</param>
    /// <param name="gateMetric">What the gate looked at.</param>
    public static RunEnding Of(RetrainingResult result, string gateMetric) => new()
    {
        Outcome = result.Outcome,
        Version = result.Version,
        Location = result.Location,
        BrokenRules = [.. result.Verdict.Rules.Where(rule => !rule.Passed).Select(rule => rule.Name)],
        OverrideReason = result.Verdict.OverrideReason,
        Approval = result.Verdict.Approval,
        Metrics = [.. MetricsOf(result.Evaluation, gateMetric)],
        ChampionVersion = result.Evaluation.ChampionVersion,
    };

    private static IEnumerable<HeadlineMetric> MetricsOf(EvaluationReport evaluation, string gateMetric) =>
        from name in Always.Prepend(gateMetric).Distinct(StringComparer.Ordinal)
        where evaluation.Challenger.ContainsKey(name)
        select new HeadlineMetric(name, evaluation.Challenger[name], Value(evaluation.Champion, name), Value(evaluation.Popularity, name));

    private static double? Value(IReadOnlyDictionary<string, double>? values, string name) =>
        values is not null && values.TryGetValue(name, out var value) ? value : null;
}
