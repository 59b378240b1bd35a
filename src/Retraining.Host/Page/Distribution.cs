namespace Retraining.Host.Page;

/// <summary>How rows spread over values, as bars.</summary>
internal static class Distribution
{
    /// <param name="title">What is counted.</param>
    /// <param name="rows">Value and count, in the order to be shown.</param>
    public static Html Draw(string title, IEnumerable<(string Value, long Count)> rows)
    {
        var all = rows.ToList();
        var (most, sum) = (all.Select(row => row.Count).DefaultIfEmpty().Max(), all.Sum(row => row.Count));
        return sum == 0 ? Html.Empty : Html.Of($"""
            <div class="spread"><h3>{title}</h3><table>
            {Html.All(all, row => Row(row.Value, row.Count, most, sum))}
            </table></div>
            """);
    }

    /// <param name="share">Of the longest, in [0, 1].</param>
    public static Html Bar(double share) => Html.Of($"""
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="{100 * share:0.#}" height="8"/></svg>
        """);

    private static Html Row(string value, long count, long most, long sum) => Html.Of($"""
        <tr><th scope="row">{value}</th>
        <td class="fill">{Bar((double)count / most)}</td>
        <td class="number">{count:N0}</td><td class="number quiet">{(double)count / sum:0 %}</td></tr>
        """);
}
