using System.Globalization;

namespace Retraining.Host.Page;

/// <summary>Loss and validation metric by epoch as an SVG, each on its own scale, with its last value written beside it.</summary>
internal static class CurveChart
{
    private const double Width = 640, Height = 220, Left = 56, Right = 584, Top = 18, Bottom = 190;

    /// <param name="points">In the order of their epochs. One alone is no curve yet.</param>
    /// <param name="metric">Name of the validation metric.</param>
    /// <param name="plannedEpochs">While it runs, how far it may go; null when it has ended.</param>
    public static Html Draw(IReadOnlyList<CurvePoint> points, string metric, int? plannedEpochs)
    {
        if (points.Count < 2)
            return Html.Empty;

        double first = points[0].Epoch, last = Math.Max(points[^1].Epoch, plannedEpochs ?? 0);
        var loss = Line("loss", points, point => point.Loss, first, last, labelX: Left - 8, anchor: "end");
        var recall = Line("recall", points, point => point.Metric, first, last, labelX: Right + 8, anchor: "start");
        return Html.Of($"""
            <figure class="chart">
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Summary(points, metric)}">
            <line class="axis" x1="{Left}" y1="{Bottom}" x2="{Right}" y2="{Bottom}"/>
            {loss}{recall}
            <text class="tick" x="{Left}" y="{Bottom + 18}">epoch {points[0].Epoch:0}</text>
            <text class="tick" x="{Right}" y="{Bottom + 18}" text-anchor="end">epoch {last:0}</text>
            </svg>
            <figcaption><span class="key loss">training loss</span> <span class="key recall">validation {metric}</span></figcaption>
            </figure>
            """);
    }

    private static Html Line(
        string name, IReadOnlyList<CurvePoint> points, Func<CurvePoint, double?> value, double first, double last, double labelX,
        string anchor)
    {
        var known = points
            .Where(point => value(point) is { } number && double.IsFinite(number))
            .Select(point => (point.Epoch, Value: value(point)!.Value))
            .ToList();
        if (known.Count == 0)
            return Html.Empty;

        double low = known.Min(point => point.Value), high = known.Max(point => point.Value);
        double X(double epoch) => Left + ((epoch - first) / (last - first) * (Right - Left));
        double Y(double number) => high > low ? Bottom - ((number - low) / (high - low) * (Bottom - Top)) : (Top + Bottom) / 2;

        var path = string.Join(' ', known.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Epoch):0.#},{Y(point.Value):0.#}")));
        var (endEpoch, end) = known[^1];
        var labels = high > low
            ? Html.Of($"{Label(name, labelX, Y(high), anchor, high)}{Label(name, labelX, Y(low), anchor, low)}")
            : Label(name, labelX, Y(end), anchor, end);
        return Html.Of($"""
            <polyline class="{name}" points="{path}"/>
            <circle class="{name}" cx="{X(endEpoch):0.#}" cy="{Y(end):0.#}" r="3.5">
            <title>{Words.Number(end)} in epoch {endEpoch:0}</title></circle>
            {labels}
            """);
    }

    private static Html Label(string name, double x, double y, string anchor, double value) =>
        Html.Of($"<text class=\"tick {name}\" x=\"{x}\" y=\"{y + 4:0.#}\" text-anchor=\"{anchor}\">{Words.Number(value)}</text>");

    private static string Summary(IReadOnlyList<CurvePoint> points, string metric)
    {
        var last = points[^1];
        var loss = last.Loss is { } value ? $", loss {Words.Number(value)}" : "";
        var recall = last.Metric is { } share ? $", {metric} {Words.Number(share)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Training, epoch {last.Epoch:0}{loss}{recall}");
    }
}
