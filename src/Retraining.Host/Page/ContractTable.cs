using System.Text.Json;
using Retraining.Dataset;

namespace Retraining.Host.Page;

/// <summary>The data contract, rule by rule, from the report that the check of a run wrote.</summary>
internal static class ContractTable
{
    /// <summary>The report's rules; empty when it is no report.</summary>
    public static async Task<IReadOnlyList<ContractRule>> ReadAsync(Stream report, CancellationToken cancellationToken) =>
        (await JsonSerializer.DeserializeAsync<Report>(report, JsonSerializerOptions.Web, cancellationToken))?.Rules ?? [];

    public static Html Draw(IReadOnlyList<ContractRule> rules)
    {
        var broken = rules.Count(rule => !rule.Passed);
        var rows = Html.All(rules.OrderBy(rule => rule.Passed), rule => Html.Of($"""
            <tr class="{(rule.Passed ? "good" : "bad")}"><th scope="row" class="wide">{rule.Name}</th>
            <td class="wide" data-label="Found">{rule.Found}</td><td class="wide" data-label="Expected">{rule.Expected}</td>
            <td class="verdict"><span class="mark">{(rule.Passed ? "✓ holds" : "✗ broken")}</span></td></tr>
            """));
        var table = Html.Of($"""
            <div class="scroll"><table class="cards contract">
            <thead><tr><th scope="col">Rule</th><th scope="col">Found</th><th scope="col">Expected</th>
            <th scope="col">Verdict</th></tr></thead>
            <tbody>{rows}</tbody>
            </table></div>
            """);
        return broken > 0
            ? Html.Of($"<p class=\"error\">{broken} of {rules.Count} rules of the data contract are broken: the run stops here.</p>{table}")
            : Html.Of($"<details><summary>All {rules.Count} rules of the data contract hold</summary>{table}</details>");
    }

    private sealed record Report(IReadOnlyList<ContractRule> Rules);
}
