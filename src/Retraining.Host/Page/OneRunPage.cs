using System.Text.Json;
using Retraining.Approvals;
using Retraining.Evaluation;
using Retraining.Operations;

namespace Retraining.Host.Page;

/// <summary>One run: what it came to and why, its stages in time, its training curve, its gate.</summary>
internal static class OneRunPage
{
    public static async Task<IReadOnlyList<(string Id, Html Content)>> RegionsAsync(
        PageData data, RunState run, bool maySteer, CancellationToken cancellationToken)
    {
        var chart = await data.ChartAsync(run, cancellationToken);
        return
        [
            ("summary", Summary(data, run)),
            ("steer", maySteer ? Steer(run) : Html.Empty),
            ("gate", RunRecords.Verdict(run) is { } verdict ? Gate(verdict, RunRecords.Evaluation(run)) : Html.Empty),
            ("curve", chart.ToString().Length == 0 ? Html.Empty : Html.Of($"<section><h2>Training</h2>{chart}</section>")),
            ("stages", Html.Of($"<section><h2>Stages</h2>{StageTimeline.Draw(run, data.Now)}</section>")),
            ("data", await data.DataAsync(run, cancellationToken)),
            ("quality", RunRecords.Evaluation(run) is { } evaluation ? Quality(evaluation, run.Request.Settings.Gate.Metric) : Html.Empty),
        ];
    }

    private static Html Summary(PageData data, RunState run)
    {
        var verdict = RunVerdict.Of(RunBrief.Of(run));
        var version = run.Result is { } result ? Html.Of($"<div><dt>Version</dt><dd><code>{result.Version}</code></dd></div>") : Html.Empty;
        var location = run.Result?.Location is { } place
            ? Html.Of($"<div><dt>Lies in</dt><dd><code>{place}</code></dd></div>")
            : Html.Empty;
        return Html.Of($"""
            <h1>{run.RunId} {verdict.Pill}</h1>
            <p class="{(run.Status == RunStatus.Failed ? "error" : "why")}">{verdict.Why}</p>
            {RunVerdict.Advice(run)}
            <dl class="facts">
            <div><dt>Started</dt><dd>{Words.Time(run.CreatedAt)}</dd>
            <dd class="quiet">by {run.Request.StartedBy}{(run.Request.DryRun ? ", dry run" : "")}</dd></div>
            <div><dt>{(run.HasEnded ? "Took" : "So far")}</dt><dd>{Words.Duration((run.HasEnded ? run.UpdatedAt : data.Now) - run.CreatedAt)}</dd></div>
            {version}{location}{Overrides(run.Request.Overrides)}
            </dl>
            """);
    }

    private static Html Overrides(JsonElement? overrides)
    {
        if (overrides is not { } given)
            return Html.Empty;
        var values = Leaves("", given).ToList();
        return Html.Of($"<div><dt>Set for this run</dt>{Html.All(values, value => Html.Of($"<dd><code>{value}</code></dd>"))}</div>");
    }

    private static IEnumerable<string> Leaves(string key, JsonElement value) => value.ValueKind != JsonValueKind.Object
        ? [$"{key} = {value.GetRawText()}"]
        : value.EnumerateObject().SelectMany(member => Leaves(key.Length == 0 ? member.Name : $"{key}.{member.Name}", member.Value));

    private static Html Gate(Verdict verdict, EvaluationReport? evaluation)
    {
        var findings = evaluation is null ? Html.Empty : FindingTable.Draw(verdict, evaluation);
        return Html.Of($"<section><h2>Gate</h2>{GateTable.Draw(verdict)}{findings}</section>");
    }

    private static Html Quality(EvaluationReport evaluation, string metric) =>
        Html.Of($"<section><h2>Quality on the hold-out</h2>{MetricTable.Draw(evaluation, metric)}</section>");

    private static Html Steer(RunState run) => run.Status switch
    {
        _ when run is { Interrupted: true, HasEnded: false } =>
            Html.Of($"{Form(run, "resume", "Resume")}{Form(run, "terminate", "Cancel the run")}"),
        RunStatus.Running when OpenApproval.IsIn(run) => Html.Of(
            $"{Form(run, "approve", "Approve", asksName: true)}{Form(run, "reject", "Reject", asksName: true)}{Form(run, "terminate", "Cancel the run")}"),
        RunStatus.Running or RunStatus.Pending => Html.Of($"{Form(run, "suspend", "Suspend")}{Form(run, "terminate", "Cancel the run")}"),
        RunStatus.Suspended => Html.Of($"{Form(run, "resume", "Resume")}{Form(run, "terminate", "Cancel the run")}"),
        RunStatus.Failed => Form(run, "rewind", "Go on at the failed stage"),
        _ => Html.Empty,
    };

    private static Html Form(RunState run, string verb, string title, bool asksName = false) => Html.Of($"""
        <details class="act"><summary>{title}</summary>
        <form method="post" action="/runs/{run.RunId}/{verb}">
        {(asksName ? Html.Of($"<label>Your name <input name=\"by\" maxlength=\"100\" autocomplete=\"name\"></label>") : Html.Empty)}
        <label>Reason <input name="reason" maxlength="500" autocomplete="off"></label>
        <button>{title}</button>
        </form></details>
        """);
}
