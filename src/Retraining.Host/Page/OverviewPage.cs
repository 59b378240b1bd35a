using Retraining.Approvals;
using Retraining.Operations;
using Retraining.Serving;

namespace Retraining.Host.Page;

/// <summary>What happens now, how the last run ended and why, what is live, what comes next.</summary>
internal static class OverviewPage
{
    public static async Task<IReadOnlyList<(string Id, Html Content)>> RegionsAsync(
        PageData data, bool mayStart, CancellationToken cancellationToken)
    {
        var runs = await data.RecentAsync(cancellationToken);
        var versions = await data.VersionsAsync(cancellationToken);
        var active = runs.FirstOrDefault(run => !run.HasEnded);
        var last = runs.FirstOrDefault(run => run.HasEnded);
        var running = active is null ? null : await data.RunAsync(active.RunId, cancellationToken);
        var ended = last is null ? null : await data.EndedAsync(last, cancellationToken);
        return
        [
            ("state", State(data, active, last, versions)),
            ("now", running is null ? Html.Empty : await NowAsync(data, running, cancellationToken)),
            ("start", active is null && mayStart ? StartForm : Html.Empty),
            ("last", last is null ? Html.Empty : ended is null ? Unread(last) : Last(ended)),
            ("recent", Recent(data, runs)),
            ("ledger", Ledger(versions, mayStart)),
        ];
    }

    private static Html State(PageData data, RunBrief? active, RunBrief? last, IReadOnlyList<ModelVersion>? versions)
    {
        var live = versions?.FirstOrDefault(version => version.IsActive);
        var next = data.NextRun;
        var liveFact = live is null
            ? Html.Of($"<dd>{(versions is null ? "The ledger cannot be read" : "Nothing yet")}</dd>")
            : Html.Of($"<dd><code>{live.Version}</code></dd><dd class=\"quiet\">since {Words.Time(live.ActivatedAt)}</dd>");
        var lastFact = last is null
            ? Html.Of($"<dd>None yet</dd>")
            : Html.Of($"""
                <dd>{RunVerdict.Of(last).Pill} {Words.Ago(last.UpdatedAt, data.Now)}, took {Words.Duration(last.UpdatedAt - last.CreatedAt)}</dd>
                <dd class="quiet"><a href="/runs/{last.RunId}">{last.RunId}</a></dd>
                """);
        var nextFact = next is null
            ? Html.Of($"<dd>No schedule</dd>")
            : Html.Of($"<dd>{Words.Time(next.At)}</dd><dd class=\"quiet\">in {Words.Duration(next.At - data.Now)}, {next.RunId}</dd>");
        return Html.Of($"""
            <h1 aria-live="polite"><span class="dot {Tone(active, last)}"></span>{Headline(active, last, live)}</h1>
            <dl class="facts">
            <div><dt>Live</dt>{liveFact}</div>
            <div><dt>Last run</dt>{lastFact}</div>
            <div><dt>Next run</dt>{nextFact}</div>
            </dl>
            """);
    }

    private static string Tone(RunBrief? active, RunBrief? last) => (active ?? last) is { } run ? RunVerdict.Of(run).Tone : "idle";

    private static string Headline(RunBrief? active, RunBrief? last, ModelVersion? live) => (active, last) switch
    {
        ({ Interrupted: true }, _) => "A run was interrupted and waits to be resumed.",
        ({ Status: RunStatus.Suspended }, _) => "A run is suspended.",
        ({ } run, _) when OpenApproval.IsIn(run) => "A run waits for approval.",
        ({ Status: RunStatus.Pending }, _) => "A run is about to start.",
        ({ Running: [.., var stage] }, _) => $"Now: {Words.Lower(stage.Title)}.",
        ({ }, _) => "A run is in progress.",
        (null, null) => "Ready. Nothing has run yet.",
        (null, { Status: RunStatus.Unknown }) => "The last run cannot be read. What was live still is.",
        (null, { Status: RunStatus.Failed }) => live is null ? "The last run failed." : "The last run failed. What was live still is.",
        (null, { Ending.Outcome: RetrainingOutcome.Rejected }) => "The last run was refused. What was live still is.",
        (null, { Ending.Outcome: RetrainingOutcome.Published }) => "All quiet. The last run went live.",
        _ => "All quiet.",
    };

    private static async Task<Html> NowAsync(PageData data, RunState run, CancellationToken cancellationToken)
    {
        var verdict = RunVerdict.Of(RunBrief.Of(run));
        var progress = run.Stages.LastOrDefault(stage => stage.Status == StageStatus.Running)?.Progress;
        var bar = progress?.Fraction is { } share
            ? Html.Of($"<progress max=\"1\" value=\"{share:0.###}\">{share:0 %}</progress>")
            : Html.Empty;
        var chart = await data.ChartAsync(run, cancellationToken);
        return Html.Of($"""
            <section class="card" aria-labelledby="now-title">
            <h2 id="now-title"><a href="/runs/{run.RunId}">{run.RunId}</a> {verdict.Pill}</h2>
            <p>{verdict.Why}</p>
            {(OpenApproval.IsIn(run) ? Html.Of($"<p><a href=\"/runs/{run.RunId}\">Look at it and answer</a></p>") : bar)}
            {StageTimeline.Strip(run)}
            {chart}
            <p class="quiet">Started {Words.Time(run.CreatedAt)} by {run.Request.StartedBy}, {Words.Duration(data.Now - run.CreatedAt)} so far.</p>
            </section>
            """);
    }

    private static Html Last(RunState run)
    {
        var verdict = RunVerdict.Of(RunBrief.Of(run));
        var gate = run.Result is not { } result ? Html.Empty : Html.All(
            [Scoreboard.Draw(result.Evaluation, run.Request.Settings.Gate.Metric), GateTable.Draw(result.Verdict)]);
        return Html.Of($"""
            <section aria-labelledby="last-title">
            <h2 id="last-title">Why the last run {HowItEnded(run, verdict)}</h2>
            <p class="why">{verdict.Reason}</p>
            {RunVerdict.Advice(run)}
            {gate}
            <p><a href="/runs/{run.RunId}">All about {run.RunId}</a></p>
            </section>
            """);
    }

    private static Html Unread(RunBrief run) => Html.Of($"""
        <section aria-labelledby="last-title">
        <h2 id="last-title">The records of the last run cannot be read</h2>
        <p class="why">{RunVerdict.Of(run).Reason}</p>
        <p><a href="/runs/{run.RunId}">All about {run.RunId}</a></p>
        </section>
        """);

    private static string HowItEnded(RunState run, RunVerdict verdict) =>
        (run.Status == RunStatus.Failed || run.Result?.Outcome == RetrainingOutcome.Passed ? "" : "was ") + verdict.Word.ToLowerInvariant();

    private static Html Recent(PageData data, IReadOnlyList<RunBrief> runs) => Html.Of($"""
        <section aria-labelledby="recent-title"><h2 id="recent-title">Last runs</h2>
        {RunTable.Draw(runs, data.Now)}
        <p><a href="/runs">All runs</a></p></section>
        """);

    private static Html Ledger(IReadOnlyList<ModelVersion>? versions, bool mayActivate)
    {
        var table = versions is null
            ? Html.Of($"<p class=\"error\">The ledger cannot be read; see the host's log.</p>")
            : VersionTable.Draw([.. versions.Take(5)], mayActivate);
        return Html.Of($"<section aria-labelledby=\"ledger-title\"><h2 id=\"ledger-title\">Versions</h2>{table}</section>");
    }

    private static Html StartForm => Html.Of($"""
        <details class="act"><summary>Retrain now</summary>
        <form method="post" action="/runs">
        <label>Your name <input name="startedBy" maxlength="100" autocomplete="name"></label>
        <label class="check"><input type="checkbox" name="dryRun" value="true"> Dry run: judge it, publish nothing</label>
        <button>Start</button>
        </form></details>
        """);
}
