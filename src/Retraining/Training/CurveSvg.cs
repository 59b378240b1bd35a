using System.Globalization;
using System.Net;
using System.Text;

namespace Retraining.Training;

/// <summary>Training loss and validation metric by epoch as an SVG: one above the other over the same epochs, the best epoch marked.</summary>
public static class CurveSvg
{
    private const string Style =
        "<style>svg{background:#fff;font-family:system-ui,sans-serif}text{fill:#444}.axis{stroke:#bbb}.grid{stroke:#e6e6e6}polyline{fill:none;stroke-width:2}"
        + "polyline.loss{stroke:#8a5a9e}polyline.recall{stroke:#1e7a4c}.tick{font-size:12px}circle.loss,text.loss{fill:#8a5a9e}circle.recall,text.recall{fill:#1e7a4c}"
        + "@media(prefers-color-scheme:dark){svg{background:#14171a}text{fill:#bbb}.axis{stroke:#666}.grid{stroke:#2c3238}polyline.loss{stroke:#c69ad8}"
        + "polyline.recall{stroke:#6fcf9a}circle.loss,text.loss{fill:#c69ad8}circle.recall,text.recall{fill:#6fcf9a}}</style>\n";

    /// <param name="points">In the order of their epochs.</param>
    /// <param name="metric">Name of the validation metric.</param>
    /// <param name="plannedEpochs">While it runs, how far it may go; null when it has ended.</param>
    /// <param name="isFile">With colours of its own, for light and dark; a page brings its own style for the same classes.</param>
    public static string Draw(IReadOnlyList<CurvePoint> points, string metric, int? plannedEpochs, bool isFile)
    {
        var panels = new List<CurvePanel>();
        if (Known(points, point => point.Loss) is { Count: > 0 } losses)
            panels.Add(Losses(losses, Known(points, point => point.RefitLoss)));
        if (Known(points, point => point.Metric) is { Count: > 0 } metrics)
            panels.Add(new("recall", $"validation {metric}", metrics) { Marked = metrics.MaxBy(value => value.Value) });

        var svg = new StringBuilder();
        var height = Math.Max(1, panels.Count) * CurvePanel.Height;
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {CurvePanel.Width} {height}\" role=\"img\" ");
        svg.Append(CultureInfo.InvariantCulture, $"aria-label=\"{WebUtility.HtmlEncode(Summary(points, metric))}\">\n");
        if (isFile)
            svg.Append(Style);
        if (panels.Count == 0)
            svg.Append("<text class=\"tick\" x=\"20\" y=\"30\">no epoch was trained: the model is what training would have started from</text>\n");
        var last = points.Count == 0 ? 1 : Math.Max(points[^1].Epoch, plannedEpochs ?? 0);
        for (var k = 0; k < panels.Count; k++)
            panels[k].Draw(svg, k * CurvePanel.Height, last);
        return svg.Append("</svg>\n").ToString();
    }

    private static CurvePanel Losses(List<(double Epoch, double Value)> search, List<(double Epoch, double Value)> refit) =>
        new("loss", $"training loss, nats an example{(refit.Count > 0 ? "; dashed: refit" : "")}", search) { Dashed = refit };

    private static List<(double Epoch, double Value)> Known(IReadOnlyList<CurvePoint> points, Func<CurvePoint, double?> value) =>
        [.. points.Where(point => value(point) is { } number && double.IsFinite(number)).Select(point => (point.Epoch, value(point)!.Value))];

    private static string Summary(IReadOnlyList<CurvePoint> points, string metric)
    {
        if (points.Count == 0)
            return "Training, no epoch";
        var last = points[^1];
        var loss = last.Loss is { } value ? $", loss {CurvePanel.Number(value)}" : "";
        var share = last.Metric is { } found ? $", {metric} {CurvePanel.Number(found)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Training, epoch {last.Epoch:0}{loss}{share}");
    }
}
