using Retraining.Operations;

namespace Retraining.Host.Page;

/// <summary>Runs, one a row: verdict, the gate's metric and its change against the champion, why, when, how long, by whom.</summary>
internal static class RunTable
{
    public static Html Draw(IReadOnlyList<RunBrief> runs, DateTimeOffset now) => runs.Count == 0
        ? Html.Of($"<p class=\"quiet\">No runs yet.</p>")
        : Html.Of($"""
            <div class="scroll"><table class="cards runs">
            <thead><tr><th scope="col">Run</th><th scope="col">Verdict</th><th scope="col" class="number">Metric</th>
            <th scope="col">Why</th><th scope="col">Started</th><th scope="col">By</th></tr></thead>
            <tbody>{Html.All(runs, run => Row(run, now))}</tbody>
            </table></div>
            """);

    private static Html Row(RunBrief run, DateTimeOffset now)
    {
        var verdict = RunVerdict.Of(run);
        var dry = run.DryRun ? Html.Of($" <span class=\"quiet\">dry run</span>") : Html.Empty;
        return Html.Of($"""
            <tr>
            <th scope="row"><a href="/runs/{run.RunId}">{run.RunId}</a></th>
            <td class="verdict">{verdict.Pill}{dry}</td>
            <td class="number">{(run.Ending?.Metrics is [var metric, ..] ? Measured(metric) : Html.Empty)}</td>
            <td class="wide">{(verdict.Reason.Length == 0 ? Html.Empty : Html.Of($"<span class=\"brief\">{verdict.Reason}</span>"))}</td>
            <td>{Words.Time(run.CreatedAt)}<small>{Length(run, now)}</small></td>
            <td data-label="By">{run.StartedBy}</td>
            </tr>
            """);
    }

    private static string Length(RunBrief run, DateTimeOffset now) => run.HasEnded
        ? $"took {Words.Duration(run.UpdatedAt - run.CreatedAt)}"
        : $"{Words.Duration(now - run.CreatedAt)} so far";

    private static Html Measured(HeadlineMetric metric)
    {
        var change = metric.Champion is not { } before ? "first" : $"{Words.Change(metric.Challenger, before)} on {Words.Number(before)}";
        return Html.Of($"<span class=\"value\">{Words.Number(metric.Challenger)}</span><small>{metric.Name}, {change}</small>");
    }
}
