using Retraining.Evaluation;

namespace Retraining.Host.Page;

/// <summary>The challenger's metrics beside champion and popularity: those of the gate's cut-off first, the others folded away.</summary>
internal static class MetricTable
{
    public static Html Draw(EvaluationReport evaluation, string gateMetric)
    {
        var cutOff = CutOff(gateMetric);
        var all = evaluation.Challenger.Keys
            .OrderBy(name => name == gateMetric ? 0 : 1).ThenBy(NameOf, StringComparer.Ordinal).ThenBy(CutOff)
            .ToList();
        var others = all.Where(name => CutOff(name) != cutOff).ToList();
        var against = evaluation.ChampionVersion is { } version
            ? Html.Of($" The champion is <code>{version}</code>, scored again on the same hold-out.")
            : Html.Of($" There was no champion yet.");
        var folded = others.Count == 0
            ? Html.Empty
            : Html.Of($"<details><summary>Other cut-offs</summary>{Table(evaluation, others)}</details>");
        return Html.Of($"""
            <p class="quiet">Over {evaluation.Users:N0} users with something held out, ranking the whole catalogue.{against}</p>
            {Table(evaluation, all.Except(others))}
            {folded}
            """);
    }

    private static Html Table(EvaluationReport evaluation, IEnumerable<string> names)
    {
        var champion = evaluation.Champion;
        var champions = champion is null
            ? Html.Empty
            : Html.Of($"<th scope=\"col\" class=\"number\">Champion</th><th scope=\"col\" class=\"number\">Change</th>");
        var rows = Html.All(names, name => Html.Of($"""
            <tr><th scope="row">{name}</th><td class="number">{Words.Number(evaluation.Challenger[name])}</td>
            {(champion is null ? Html.Empty : Beside(champion, name, evaluation.Challenger[name]))}
            <td class="number">{Value(evaluation.Popularity, name)}</td></tr>
            """));
        return Html.Of($"""
            <div class="scroll"><table>
            <thead><tr><th scope="col">Metric</th><th scope="col" class="number">Challenger</th>{champions}
            <th scope="col" class="number">Popularity</th></tr></thead>
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

    private static string NameOf(string metric) => metric.Split('@')[0];

    private static int CutOff(string metric) => metric.Split('@') is [_, var k] && int.TryParse(k, out var number) ? number : 0;
}
