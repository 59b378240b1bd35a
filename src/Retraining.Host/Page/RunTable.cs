using Retraining.Operations;

namespace Retraining.Host.Page;

/// <summary>Runs, one a row: verdict, why, when, how long, by whom.</summary>
internal static class RunTable
{
    public static Html Draw(IReadOnlyList<RunBrief> runs, DateTimeOffset now) => runs.Count == 0
        ? Html.Of($"<p class=\"quiet\">No runs yet.</p>")
        : Html.Of($"""
            <div class="scroll"><table class="cards">
            <thead><tr><th scope="col">Run</th><th scope="col">Verdict</th><th scope="col">Why</th><th scope="col">Started</th>
            <th scope="col" class="number">Took</th><th scope="col">By</th></tr></thead>
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
            <td>{verdict.Pill}{dry}</td>
            <td class="wide">{verdict.Why}</td>
            <td data-label="Started">{Words.Time(run.CreatedAt)}</td>
            <td class="number" data-label="Took">{Words.Duration((run.HasEnded ? run.UpdatedAt : now) - run.CreatedAt)}</td>
            <td data-label="By">{run.StartedBy}</td>
            </tr>
            """);
    }
}
