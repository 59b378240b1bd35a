using System.Xml.Linq;
using Retraining.Training;

namespace Retraining.Tests.Training;

public sealed class CurveSvgTests
{
    private static readonly CurvePoint[] Points = [new(1, 6.5, 0.125), new(2, 5.25, 0.1875), new(3, 5, 0.15)];

    [Fact]
    public void Draw_ThreeEpochs_DrawsBothCurvesWithAxesAndUnits()
    {
        var svg = XDocument.Parse(CurveSvg.Draw(Points, "recall@10", null, isFile: true));
        Assert.Equal(2, svg.Descendants().Count(node => node.Name.LocalName == "polyline"));
        string[] texts = [.. svg.Descendants().Where(node => node.Name.LocalName == "text").Select(node => node.Value)];
        Assert.Contains("training loss, nats an example", texts);
        Assert.Contains("epoch", texts);
        Assert.Contains("5.5", texts); // a tick of the loss
        Assert.Contains("0.16", texts); // a tick of the metric
        Assert.Contains("validation recall@10, best: 0.1875 in epoch 2", texts);
        Assert.Contains("prefers-color-scheme:dark", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_WithARefit_DrawsItsLossDashedWithinTheSameAxes()
    {
        CurvePoint[] points = [new(1, 6.5, 0.125, 9.5), new(2, 5.25, 0.1875, 4.25), new(3, 5, 0.15)];
        var svg = XDocument.Parse(CurveSvg.Draw(points, "recall@10", null, isFile: true));
        var refit = Assert.Single(svg.Descendants(), node => node.Attribute("stroke-dasharray") is not null);
        Assert.Equal("60,28 340,160", refit.Attribute("points")!.Value); // the highest and the lowest of all losses, in epochs 1 and 2 of 3
        Assert.Contains("dashed: refit", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_ForAPage_HasNoStyleOfItsOwn() =>
        Assert.DoesNotContain("<style", CurveSvg.Draw(Points, "recall@10", 40, isFile: false), StringComparison.Ordinal);

    [Fact]
    public void Draw_MetricNameWithMarkup_IsEscaped() =>
        Assert.Contains("validation &lt;b&gt;", CurveSvg.Draw(Points, "<b>", null, isFile: true), StringComparison.Ordinal);

    [Fact]
    public void Draw_NoEpochOrOneOrNothingFinite_IsStillADrawing()
    {
        Assert.Contains("no epoch was trained", CurveSvg.Draw([], "recall@10", null, isFile: true), StringComparison.Ordinal);
        Assert.Contains("no epoch was trained", CurveSvg.Draw([new(1, double.NaN, null)], "recall@10", null, isFile: true), StringComparison.Ordinal);
        Assert.Contains("circle", CurveSvg.Draw([new(1, 2, null)], "recall@10", null, isFile: true), StringComparison.Ordinal);
    }
}
