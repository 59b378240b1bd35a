using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Training;

namespace Retraining.Evaluation;

/// <summary>Decides whether the challenger may go live. A failed rule is an answer, not an error.</summary>
public sealed class JudgeQuality(IArtifactStore work) : IStage<JudgeQuality.Input, Verdict>
{
    public sealed record Input(EvaluationReport Evaluation, TrainedModel Challenger, GateSettings Gate, string? OverrideReason);

    /// <exception cref="PermanentStageException">The evaluation has not the metric that the gate asks for.</exception>
    public async Task<Verdict> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var (report, metric) = (input.Evaluation, input.Gate.Metric);
        var challenger = await PerUserFile.ReadAsync(work, report.PerUser, "challenger", metric, cancellationToken)
            ?? throw new PermanentStageException($"gate.metric: {metric}, expected one of {string.Join(", ", report.Challenger.Keys)}");
        var champion = await PerUserFile.ReadAsync(work, report.PerUser, "champion", metric, cancellationToken);
        var reference = await PerUserFile.ReadAsync(work, report.PerUser, "reference", metric, cancellationToken);
        var findings = await GateFindings.ReadAsync(work, report.File, metric, cancellationToken);
        var weights = await TrainedWeights.ReadAsync(work, input.Challenger.Weights, cancellationToken);

        var rules = new GateRules(input.Gate);
        List<GateRule> found =
        [
            GateRules.FiniteWeights(weights),
            rules.NotCollapsed(report.ItemEmbeddings),
            rules.AboveFloor(report.Challenger[metric]),
            rules.AbovePopularity(report.Challenger[metric], report.Popularity[metric]),
        ];
        if (champion is not null)
            found.Add(rules.NotWorse(GateRules.Champion, challenger, champion, report.ChampionVersion!, cancellationToken));
        if (reference is not null)
            found.Add(rules.NotWorse(GateRules.Reference, challenger, reference, report.ReferenceVersion!, cancellationToken));
        found.AddRange(rules.NotWorseInSegments(findings));

        var reason = string.IsNullOrWhiteSpace(input.OverrideReason) ? null : input.OverrideReason.Trim();
        var passed = found.TrueForAll(rule => rule.Passed);
        var path = context.Folder + "gate.json";
        return new()
        {
            Passed = passed,
            Rules = found,
            Findings = findings,
            ReferenceVersion = passed ? ReferenceAfter(found, report) : null,
            OverrideReason = passed ? null : reason,
            File = await GateFile.WriteAsync(work, path, found, findings, passed, reason, input, cancellationToken),
        };
    }

    /// <summary>Null for the challenger, where it is shown to be better than the reference so far.</summary>
    private static string? ReferenceAfter(List<GateRule> rules, EvaluationReport report)
    {
        var beside = rules.FindLast(rule => rule.Name is GateRules.Champion or GateRules.Reference);
        return beside is null or { Low: > 0 } ? null : report.ReferenceVersion ?? report.ChampionVersion;
    }
}
