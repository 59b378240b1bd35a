using Retraining.Serving;

namespace Retraining.Host.Page;

/// <summary>The version ledger: what is live, what was live when, and the way back.</summary>
internal static class VersionTable
{
    public static Html Draw(IReadOnlyList<ModelVersion> versions, bool mayActivate) => versions.Count == 0
        ? Html.Of($"<p class=\"quiet\">Nothing has been published yet.</p>")
        : Html.Of($"""
            <div class="scroll"><table class="cards">
            <thead><tr><th scope="col">Version</th><th scope="col">State</th><th scope="col">Live from</th><th scope="col">Until</th>
            <th scope="col">By</th><th scope="col">Reason</th><th scope="col"><span class="unseen">Action</span></th></tr></thead>
            <tbody>{Html.All(versions, version => Row(version, mayActivate))}</tbody>
            </table></div>
            """);

    private static Html Row(ModelVersion version, bool mayActivate)
    {
        var (word, tone) = version.IsActive ? ("Live", "good") : version.IsLoaded ? ("Standing by", "busy") : ("Retired", "idle");
        return Html.Of($"""
            <tr>
            <th scope="row"><code>{version.Version}</code></th>
            <td><span class="pill {tone}">{word}</span></td>
            <td data-label="Live from">{Words.Time(version.ActivatedAt)}</td><td data-label="Until">{Words.Time(version.RetiredAt)}</td>
            <td data-label="By">{version.ActivatedBy}</td><td class="wide" data-label="Reason">{version.Reason}</td>
            <td>{(mayActivate && !version.IsActive ? RollBack(version) : Html.Empty)}</td>
            </tr>
            """);
    }

    private static Html RollBack(ModelVersion version) => Html.Of($"""
        <details class="act"><summary>Roll back</summary>
        <form method="post" action="/models/{version.Version}/activate">
        <p class="quiet">{(version.IsLoaded
            ? "It stands by in the database: it is live at once."
            : "The database dropped it: it is loaded again from its published files first, which takes minutes.")}</p>
        <label>Your name <input name="by" required maxlength="100" autocomplete="name"></label>
        <label>Reason <input name="reason" required maxlength="500" autocomplete="off" placeholder="What went wrong with the live one"></label>
        <button>Make {version.Version} live</button>
        </form></details>
        """);
}
