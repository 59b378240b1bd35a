using Retraining.Features;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>Finds for each input column of a specification the column of the champion's that means the same, by segment and by token or number in it.</summary>
internal static class ColumnOrigins
{
    private const double MostScale = 2;
    private const double MostShift = 1;

    /// <returns>[user input_dim] of <paramref name="now"/>.</returns>
    public static ColumnOrigin[] OfUsers(FeatureSpec now, FeatureSpec champion) =>
        Of(Columns(now, now.UserSegments), now.Normalizer.UserNumeric, Columns(champion, champion.UserSegments), champion.Normalizer.UserNumeric);

    /// <returns>[item input_dim] of <paramref name="now"/>.</returns>
    public static ColumnOrigin[] OfItems(FeatureSpec now, FeatureSpec champion) =>
        Of(Columns(now, now.ItemSegments), now.Normalizer.ItemNumeric, Columns(champion, champion.ItemSegments), champion.Normalizer.ItemNumeric);

    private static ColumnOrigin[] Of(
        IEnumerable<Column> columns, IReadOnlyDictionary<string, Standardization> scales,
        IEnumerable<Column> championColumns, IReadOnlyDictionary<string, Standardization> championScales)
    {
        var known = championColumns.Select((column, position) => (column, position)).ToDictionary(entry => entry.column, entry => entry.position);
        return [.. columns.Select(column => known.TryGetValue(column, out var position)
            ? Rescaled(position, column, scales, championScales)
            : ColumnOrigin.None)];
    }

    private static IEnumerable<Column> Columns(FeatureSpec spec, IReadOnlyList<FeatureSegment> segments) =>
        segments.SelectMany(segment => Names(spec, segment).Select(name => new Column(segment.Name, segment.Type, name)));

    /// <summary>What tells the columns of a segment apart: names of numbers, tokens, or else positions, if there are as many.</summary>
    private static IEnumerable<string> Names(FeatureSpec spec, FeatureSegment segment) => segment.Type switch
    {
        SegmentType.StandardScore or SegmentType.Log1pStandardScore or SegmentType.Log1p or SegmentType.Ratio or SegmentType.ScaledBucket =>
            segment.Features ?? [segment.Name],
        SegmentType.HashedBow => Positions(segment).Select(position => $"{position} by {segment.Tokenizer} and {segment.Hash}"),
        SegmentType.PriceHistogram or SegmentType.HourOfWeekHistogram or SegmentType.DenseVector => Positions(segment),
        _ => SegmentVocabulary.Of(spec, segment).Tokens,
    };

    private static IEnumerable<string> Positions(FeatureSegment segment) =>
        Enumerable.Range(0, segment.Size).Select(position => $"{position} of {segment.Size}");

    /// <summary>A number whose distribution has moved far counts as a new one: its old weights would be blown up.</summary>
    private static ColumnOrigin Rescaled(
        int position, Column column, IReadOnlyDictionary<string, Standardization> scales, IReadOnlyDictionary<string, Standardization> championScales)
    {
        if (column.Type is not (SegmentType.StandardScore or SegmentType.Log1pStandardScore))
            return new(position);
        var (mean, std) = Numbers(scales[column.Name]);
        var (championMean, championStd) = Numbers(championScales[column.Name]);
        var (scale, shift) = (std / championStd, (mean - championMean) / championStd);
        return scale is >= 1 / MostScale and <= MostScale && Math.Abs(shift) <= MostShift
            ? new(position, (float)scale, (float)shift)
            : ColumnOrigin.None;
    }

    private static (double Mean, double Std) Numbers(Standardization scale) => (scale.Mean, scale.Std == 0 ? 1 : scale.Std);

    private readonly record struct Column(string Segment, string Type, string Name);
}
