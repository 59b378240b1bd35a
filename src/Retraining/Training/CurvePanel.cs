using System.Globalization;
using System.Net;
using System.Text;

namespace Retraining.Training;

/// <summary>One curve with its axes.</summary>
/// <param name="name">CSS class of what belongs to the curve.</param>
/// <param name="title">What is drawn, with its unit.</param>
/// <param name="values">In the order of their epochs, at least one.</param>
internal sealed class CurvePanel(string name, string title, IReadOnlyList<(double Epoch, double Value)> values)
{
    public const int Width = 640;
    public const int Height = 200;
    private const double Left = 60, Right = 620, Top = 28, Bottom = 160;
    private const int MostTicks = 5;
    private static readonly int[] Factors = [1, 2, 5, 10];

    /// <summary>A second curve beside the first, dashed.</summary>
    public IReadOnlyList<(double Epoch, double Value)> Dashed { get; init; } = [];

    /// <summary>A value that the chart's title names.</summary>
    public (double Epoch, double Value)? Marked { get; init; }

    public static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <param name="offset">Added to every y.</param>
    /// <param name="lastEpoch">Right end of the axis; its left end is epoch 1.</param>
    public void Draw(StringBuilder svg, double offset, double lastEpoch)
    {
        double low = values.Concat(Dashed).Min(value => value.Value), high = values.Concat(Dashed).Max(value => value.Value);
        var (from, to) = high > low ? (low, high) : (low - 0.5, high + 0.5);
        double X(double epoch) => lastEpoch > 1 ? Left + ((epoch - 1) / (lastEpoch - 1) * (Right - Left)) : (Left + Right) / 2;
        double Y(double value) => offset + Bottom - ((value - from) / (to - from) * (Bottom - Top));

        Text(svg, $"tick {name}", Left, offset + 16, "start", Marked is { } best ? $"{title}, best: {Number(best.Value)} in epoch {best.Epoch:0}" : title);
        foreach (var tick in Ticks(from, to, whole: false))
        {
            Line(svg, "grid", Left, Y(tick), Right, Y(tick));
            Text(svg, "tick", Left - 6, Y(tick) + 4, "end", Number(tick));
        }

        Line(svg, "axis", Left, offset + Bottom, Right, offset + Bottom);
        foreach (var tick in Ticks(1, lastEpoch, whole: true))
            Text(svg, "tick", X(tick), offset + Bottom + 18, "middle", Number(tick));
        Text(svg, "tick", Right, offset + Bottom + 34, "end", "epoch");

        Curve(svg, values.Select(value => (X(value.Epoch), Y(value.Value))), "");
        if (Dashed.Count > 0)
            Curve(svg, Dashed.Select(value => (X(value.Epoch), Y(value.Value))), " stroke-dasharray=\"6 4\"");
        Dot(svg, X(values[^1].Epoch), Y(values[^1].Value), values[^1]);
        if (Marked is { } marked)
            Dot(svg, X(marked.Epoch), Y(marked.Value), marked);
    }

    /// <summary>Round numbers within a range, six at most.</summary>
    private static IEnumerable<double> Ticks(double from, double to, bool whole)
    {
        if (to <= from)
            return [from];
        var rough = (to - from) / MostTicks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = Factors.First(factor => factor * power >= rough * 0.999) * power;
        step = whole ? Math.Max(1, Math.Round(step)) : step;
        var first = (int)Math.Ceiling((from / step) - 1e-9);
        return Enumerable.Range(first, Math.Max(0, (int)Math.Floor((to / step) + 1e-9) - first + 1)).Select(k => k * step);
    }

    private void Curve(StringBuilder svg, IEnumerable<(double X, double Y)> points, string dash)
    {
        var path = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{name}\"{dash} points=\"{path}\"/>\n");
    }

    private void Dot(StringBuilder svg, double x, double y, (double Epoch, double Value) value) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<circle class=\"{name}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"3.5\"><title>{Number(value.Value)} in epoch {value.Epoch:0}</title></circle>\n");

    private static void Line(StringBuilder svg, string kind, double x1, double y1, double x2, double y2) => svg.Append(
        CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\"/>\n");

    private static void Text(StringBuilder svg, string kind, double x, double y, string anchor, string text) => svg.Append(
        CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>\n");
}
