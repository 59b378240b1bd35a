using Retraining.Evaluation;

namespace Retraining.Host.Page;

/// <summary>Why it was published or refused: each rule with what it saw.</summary>
internal static class GateTable
{
    public static Html Draw(Verdict verdict)
    {
        var rows = Html.All(verdict.Rules, rule => Html.Of($"""
            <tr class="{(rule.Passed ? "good" : "bad")}">
            <th scope="row">{Words.Spaced(rule.Name)}</th>
            <td class="number" data-label="Value">{Words.Number(rule.Value)}</td>
            <td class="number" data-label="Threshold">{Words.Number(rule.Threshold)}</td>
            <td class="verdict"><span class="mark">{(rule.Passed ? "✓ holds" : "✗ broken")}</span></td>
            <td class="wide">{rule.Explanation}</td>
            </tr>
            """));
        var spite = verdict.OverrideReason is { } reason
            ? Html.Of($"<p class=\"note\">Published in spite of it, because: {reason}</p>")
            : Html.Empty;
        var answer = verdict.Approval is { } approval ? Html.Of($"<p class=\"note\">{approval.Told()}</p>") : Html.Empty;
        return Html.Of($"""
            {spite}{answer}
            <div class="scroll"><table class="cards gate">
            <thead><tr><th scope="col">Rule</th><th scope="col" class="number">Value</th><th scope="col" class="number">Threshold</th>
            <th scope="col">Verdict</th><th scope="col">In words</th></tr></thead>
            <tbody>{rows}</tbody>
            </table></div>
            """);
    }
}
