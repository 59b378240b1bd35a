using System.Globalization;
using Retraining.Evaluation;

namespace Retraining.Host.Page;

/// <summary>Champion beside challenger, by metric and group of users: the difference with its interval, and what that shows.</summary>
internal static class FindingTable
{
    private const double Width = 120, Height = 16;

    public static Html Draw(Verdict verdict, EvaluationReport evaluation)
    {
        if (verdict.Findings.Count == 0)
            return Html.Empty;

        // One scale for all, symmetric, so that the lines can be compared with each other and with nothing.
        var scale = verdict.Findings.Max(found => Math.Max(Math.Abs(found.Low), Math.Abs(found.High)));
        var rows = Html.All(verdict.Findings, found => Row(found, scale));
        return Html.Of($"""
            <h3>Beside the champion <code>{evaluation.ChampionVersion}</code></h3>
            <p class="quiet">Difference over the same users, with its interval; to the right of the line the challenger is better.</p>
            <div class="scroll"><table class="cards findings">
            <thead><tr><th scope="col">Metric</th><th scope="col">Users</th><th scope="col" class="number">Challenger</th>
            <th scope="col" class="number">Champion</th><th scope="col" class="number">Difference</th><th scope="col">Interval</th>
            <th scope="col">Finding</th></tr></thead>
            <tbody>{rows}</tbody>
            </table></div>
            """);
    }

    private static Html Row(GateFinding found, double scale)
    {
        var segment = found.Segment == "all" ? "" : " " + Words.Spaced(found.Segment);
        return Html.Of($"""
            <tr class="{Tone(found)}">
            <th scope="row">{found.Metric}</th>
            <td data-label="Users">{found.Users:N0}{segment}</td>
            <td class="number" data-label="Challenger">{Words.Number(found.Champion + found.Difference)}</td>
            <td class="number" data-label="Champion">{Words.Number(found.Champion)}</td>
            <td class="number" data-label="Difference">{Words.Signed(found.Difference)}</td>
            <td class="interval" data-label="Interval">{Interval(found, scale)}
            <span>{Words.Signed(found.Low)} to {Words.Signed(found.High)}</span></td>
            <td class="verdict" title="A loss of {Words.Number(found.DetectableLoss)} would have been seen">
            <span class="mark">{found.Finding}</span></td>
            </tr>
            """);
    }

    private static Html Interval(GateFinding found, double scale)
    {
        double X(double value) => scale > 0 ? (Width / 2) + (value / scale * ((Width / 2) - 4)) : Width / 2;
        string At(double value) => X(value).ToString("0.#", CultureInfo.InvariantCulture);
        return Html.Of($"""
            <svg class="whisker" viewBox="0 0 {Width} {Height}" aria-hidden="true">
            <line class="zero" x1="{Width / 2}" y1="0" x2="{Width / 2}" y2="{Height}"/>
            <line class="range" x1="{At(found.Low)}" y1="{Height / 2}" x2="{At(found.High)}" y2="{Height / 2}"/>
            <circle cx="{At(found.Difference)}" cy="{Height / 2}" r="3.5"/></svg>
            """);
    }

    private static string Tone(GateFinding found) => found.Finding switch { "better" => "good", "worse" => "bad", _ => "unclear" };
}
