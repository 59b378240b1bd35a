using System.Text.Json;
using Retraining.Operations;
using Spectre.Console;

namespace Retraining.Cli.Rendering;

/// <summary>One run for people: how it stands, the gate, the stages.</summary>
internal static class RunReport
{
    private static readonly string[] Headlines = ["recall@10", "ndcg@10", "recall@50", "coverage@10"];

    public static void Write(RunState run, IAnsiConsole console, DateTimeOffset now)
    {
        console.WriteLine(Headline(run));
        if (run.Error is not null)
            console.WriteLine(run.Error);
        if (RunBrief.Of(run).Ending is { Outcome: RetrainingOutcome.Rejected } ending)
            console.WriteLine($"{Refusal(ending)}; what was live still is");
        if (NextStep.After(run) is { Length: > 0 } step)
            console.WriteLine(step);
        if (run.Result is { } result)
        {
            WriteMetrics(result, console);
            WriteVerdict(result, console);
        }

        WriteStages(run, console, now);
    }

    public static string Headline(RunState run)
    {
        var version = $"version {VersionName.From(run.CreatedAt)}";
        var location = run.Result?.Location is { } where ? $", {where}" : "";
        return $"{run.RunId}: {StateOf(RunBrief.Of(run))}, {version}{location}";
    }

    /// <summary><c>published</c>, <c>rejected</c>, <c>running</c>, <c>interrupted</c> and so on.</summary>
    public static string StateOf(RunBrief run) =>
        run is { Interrupted: true, Status: not RunStatus.Suspended } ? "interrupted"
        : run.Status == RunStatus.Unknown ? "unreadable"
        : run.Ending is { } ending ? ending.Outcome.ToString().ToLowerInvariant()
        : run.Status.ToString().ToLowerInvariant();

    /// <summary>Who or what stood against the version, such as <c>refused by not-worse-than-champion</c>; empty where nothing did.</summary>
    public static string Refusal(RunEnding ending) => ending switch
    {
        { OverrideReason: { } reason } => $"in spite of {string.Join(", ", ending.BrokenRules)}: {reason}",
        { BrokenRules.Count: > 0 } => $"refused by {string.Join(", ", ending.BrokenRules)}",
        { Approval: { } answer } => answer.Told(),
        _ => "",
    };

    private static void WriteMetrics(RetrainingResult result, IAnsiConsole console)
    {
        var evaluation = result.Evaluation;
        var shown = Headlines.Where(evaluation.Challenger.ContainsKey).ToList();
        if (shown.Count == 0)
            return;

        var champion = evaluation.Champion is null ? "champion" : $"champion {evaluation.ChampionVersion}";
        var table = Tables.With($"hold-out, {evaluation.Users} users", ">challenger", $">{champion}", ">popularity");
        foreach (var metric in shown)
            table.Row(metric, Number(evaluation.Challenger, metric), Number(evaluation.Champion, metric), Number(evaluation.Popularity, metric));
        console.Write(table);
    }

    private static void WriteVerdict(RetrainingResult result, IAnsiConsole console)
    {
        var table = Tables.With("gate", ">value", ">threshold", "verdict", "why");
        foreach (var rule in result.Verdict.Rules)
            table.Row(rule.Name, $"{rule.Value:G5}", $"{rule.Threshold:G5}", rule.Passed ? "passed" : "refused", rule.Explanation);
        console.Write(table);
        WriteFindings(result, console);
        if (result.Verdict.OverrideReason is { } reason)
            console.WriteLine($"overridden: {reason}");
    }

    private static void WriteFindings(RetrainingResult result, IAnsiConsole console)
    {
        if (result.Verdict.Findings.Count == 0)
            return;

        var table = Tables.With("beside the champion", "users", ">difference", ">interval", "finding", ">smallest loss seen");
        foreach (var found in result.Verdict.Findings)
        {
            table.Row(
                found.Metric, found.Segment == "all" ? $"{found.Users}" : $"{found.Users} {found.Segment.Replace('_', ' ')}", $"{found.Difference:+0.0000;-0.0000;0.0000}",
                $"{found.Low:+0.0000;-0.0000;0.0000} to {found.High:+0.0000;-0.0000;0.0000}", found.Finding, $"{found.DetectableLoss:F4}");
        }

        console.Write(table);
    }

    private static void WriteStages(RunState run, IAnsiConsole console, DateTimeOffset now)
    {
        if (run.Stages.Count == 0)
            return;

        var table = Tables.With("stage", "status", ">duration", ">attempts", ">result", "");
        foreach (var stage in run.Stages)
        {
            var stopped = run.Interrupted && stage.Status == StageStatus.Running;
            var end = stage.EndedAt ?? (stopped ? run.UpdatedAt : now);
            table.Row(
                stage.Name, stopped ? "interrupted" : stage.Status.ToString().ToLowerInvariant(), Units.Duration(end - stage.StartedAt),
                $"{stage.Attempts}", Units.Size(ResultBytes(stage)), Detail(stage));
        }

        console.Write(table);
    }

    private static string Detail(StageState stage)
    {
        if (stage.Status == StageStatus.Completed)
            return "";
        return stage.Progress is { } progress ? progress.Told() : stage.Error ?? stage.Title;
    }

    private static string Number(IReadOnlyDictionary<string, double>? values, string metric) =>
        values is not null && values.TryGetValue(metric, out var value) ? $"{value:F4}" : "";

    /// <summary>Bytes of all artifacts that the result refers to.</summary>
    internal static long ResultBytes(StageState stage) => stage.ResultJson is null ? 0 : Bytes(JsonSerializer.Deserialize<JsonElement>(stage.ResultJson));

    private static long Bytes(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Sum(Bytes),
        JsonValueKind.Object => element.EnumerateObject().Sum(member =>
            member.NameEquals("sizeBytes") && member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetInt64() : Bytes(member.Value)),
        _ => 0,
    };
}
