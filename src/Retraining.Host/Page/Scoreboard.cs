using Retraining.Evaluation;

namespace Retraining.Host.Page;

/// <summary>The challenger beside the champion and beside popularity, metric by metric, as bars of one scale each.</summary>
internal static class Scoreboard
{
    private static readonly string[] Always = ["recall@10", "ndcg@10"];

    /// <param name="gateMetric">What the gate looked at; comes first.</param>
    public static Html Draw(EvaluationReport evaluation, string gateMetric)
    {
        var shown = Always.Prepend(gateMetric).Distinct(StringComparer.Ordinal).Where(evaluation.Challenger.ContainsKey);
        return Html.Of($"<div class=\"scores\">{Html.All(shown, metric => Of(evaluation, metric))}</div>");
    }

    private static Html Of(EvaluationReport evaluation, string metric)
    {
        var challenger = evaluation.Challenger[metric];
        var champion = Value(evaluation.Champion, metric);
        var popularity = Value(evaluation.Popularity, metric);
        var most = Math.Max(challenger, Math.Max(champion ?? 0, popularity ?? 0));
        return Html.Of($"""
            <table class="score"><caption>{metric}</caption>
            {Row("Challenger", "challenger", challenger, most, champion is { } before ? Words.Change(challenger, before) : "")}
            {Row("Champion", "champion", champion, most, "")}
            {Row("Popularity", "popularity", popularity, most, "")}
            </table>
            """);
    }

    private static Html Row(string name, string kind, double? value, double most, string change) =>
        value is not { } known ? Html.Empty : Html.Of($"""
            <tr class="{kind}"><th scope="row">{name}</th>
            <td class="fill">{Distribution.Bar(most > 0 ? known / most : 0)}</td>
            <td class="number">{Words.Number(known)}</td><td class="change">{change}</td></tr>
            """);

    private static double? Value(IReadOnlyDictionary<string, double>? values, string name) =>
        values is not null && values.TryGetValue(name, out var value) ? value : null;
}
