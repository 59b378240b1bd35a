using System.Globalization;

namespace Retraining.Source;

/// <summary>How many have so many rows.</summary>
/// <param name="Rows"><c>1</c>, <c>2-4</c>, …, <c>1000+</c>.</param>
/// <param name="Count">How many have that many rows.</param>
public sealed record RowBand(string Rows, long Count)
{
    private static readonly long[] Starts = [1, 2, 5, 10, 20, 50, 100, 1000];

    /// <summary>All bands in rising order, the empty ones too.</summary>
    internal static IReadOnlyList<RowBand> Of(IEnumerable<long> rows)
    {
        var counts = new long[Starts.Length];
        foreach (var count in rows)
            counts[Array.FindLastIndex(Starts, start => start <= count)]++;
        return [.. Starts.Select((_, band) => new RowBand(Name(band), counts[band]))];
    }

    private static string Name(int band)
    {
        var first = Starts[band].ToString(CultureInfo.InvariantCulture);
        if (band == Starts.Length - 1)
            return first + "+";
        var last = (Starts[band + 1] - 1).ToString(CultureInfo.InvariantCulture);
        return first == last ? first : $"{first}-{last}";
    }
}
