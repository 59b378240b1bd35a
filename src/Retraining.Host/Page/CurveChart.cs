using Retraining.Training;

namespace Retraining.Host.Page;

/// <summary>Loss and validation metric by epoch, in the page's colours.</summary>
internal static class CurveChart
{
    /// <param name="points">In the order of their epochs. One alone is no curve yet.</param>
    /// <param name="metric">Name of the validation metric.</param>
    /// <param name="plannedEpochs">While it runs, how far it may go; null when it has ended.</param>
    public static Html Draw(IReadOnlyList<CurvePoint> points, string metric, int? plannedEpochs) => points.Count < 2
        ? Html.Empty
        : Html.Of($"<figure class=\"chart\">{Html.Markup(CurveSvg.Draw(points, metric, plannedEpochs, isFile: false))}</figure>");
}
