using Retraining.Evaluation;

namespace Retraining.Host.Page;

/// <summary>Why it was published or refused: each rule with what it saw, and the metrics beside champion and popularity.</summary>
internal static class GateTable
{
    public static Html Draw(Verdict verdict)
    {
        var rows = Html.All(verdict.Rules, rule => Html.Of($"""
            <tr class="{(rule.Passed ? "good" : "bad")}">
            <th scope="row">{Words.Spaced(rule.Name)}</th>
            <td class="number">{Words.Number(rule.Value)}</td><td class="number">{Words.Number(rule.Threshold)}</td>
            <td><span class="mark">{(rule.Passed ? "✓ holds" : "✗ broken")}</span></td>
            <td class="wide">{rule.Explanation}</td>
            </tr>
            """));
        var spite = verdict.OverrideReason is { } reason ? Html.Of($"<p class=\"note\">Published in spite of it, because: {reason}</p>") : Html.Empty;
        return Html.Of($"""
            {spite}
            <div class="scroll"><table>
            <thead><tr><th scope="col">Rule</th><th scope="col" class="number">Value</th><th scope="col" class="number">Threshold</th>
            <th scope="col">Verdict</th><th scope="col">In words</th></tr></thead>
            <tbody>{rows}</tbody>
            </table></div>
            """);
    }

    public static Html Metrics(EvaluationReport evaluation)
    {
        var champion = evaluation.Champion;
        var champions = champion is null ? Html.Empty : Html.Of($"<th scope=\"col\" class=\"number\">Champion</th><th scope=\"col\" class=\"number\">Change</th>");
        var rows = Html.All(evaluation.Challenger.OrderBy(metric => metric.Key, StringComparer.Ordinal), metric => Html.Of($"""
            <tr><th scope="row">{metric.Key}</th><td class="number">{Words.Number(metric.Value)}</td>
            {(champion is null ? Html.Empty : Beside(champion, metric.Key, metric.Value))}
            <td class="number">{Value(evaluation.Popularity, metric.Key)}</td></tr>
            """));
        var against = evaluation.ChampionVersion is { } version ? Html.Of($" The champion is <code>{version}</code>.") : Html.Of($" There was no champion yet.");
        return Html.Of($"""
            <p class="quiet">Over {evaluation.Users:N0} users with something held out, ranking the whole catalogue.{against}</p>
            <div class="scroll"><table>
            <thead><tr><th scope="col">Metric</th><th scope="col" class="number">Challenger</th>{champions}<th scope="col" class="number">Popularity</th></tr></thead>
            <tbody>{rows}</tbody>
            </table></div>
            """);
    }

    private static Html Beside(IReadOnlyDictionary<string, double> champion, string metric, double challenger)
    {
        var change = champion.TryGetValue(metric, out var reigning) ? Words.Change(challenger, reigning) : "";
        return Html.Of($"<td class=\"number\">{Value(champion, metric)}</td><td class=\"number\">{change}</td>");
    }

    private static string Value(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? Words.Number(value) : "–";
}
