using Retraining.Source;

namespace Retraining.Features;

/// <summary>A user segment that counts something of the likes: where it lies, what it counts, how it is scaled.</summary>
internal sealed record UserBag
{
    public required BagSource Source { get; init; }

    /// <summary>First column.</summary>
    public required int Offset { get; init; }
    public required int Size { get; init; }
    public Vocabulary? Vocabulary { get; init; }
    public double[] Edges { get; init; } = [];
    public required bool L2 { get; init; }

    /// <summary>Null: every like counts 1.</summary>
    public HalfLife? HalfLife { get; init; }

    /// <summary>Appends the columns that a liked video counts in. Hours of the week are no matter of the video.</summary>
    public void AddColumns(Video video, List<int> columns)
    {
        switch (Source)
        {
            case BagSource.Tags:
                AddTokens(video.Tags, columns);
                break;
            case BagSource.Performers:
                AddTokens(video.Performers, columns);
                break;
            case BagSource.PriceBands:
                AddColumn(PriceBand(video.Price), columns);
                break;
            case BagSource.HoursOfWeek:
                break;
            default:
                AddColumn(Vocabulary!.IndexOf(Attribute(video)), columns);
                break;
        }
    }

    /// <summary>Column of one like of a payload, or -1.</summary>
    public int ColumnOf(LikedVideo like) => Source switch
    {
        BagSource.Videos => Column(Vocabulary!.IndexOf(like.VideoId)),
        BagSource.Makers => Column(Vocabulary!.IndexOf(like.Maker)),
        BagSource.Labels => Column(Vocabulary!.IndexOf(like.Label)),
        BagSource.Series => Column(Vocabulary!.IndexOf(like.Series)),
        BagSource.Sources => Column(Vocabulary!.IndexOf(like.Source)),
        BagSource.PriceBands => Column(PriceBand(like.Price)),
        BagSource.HoursOfWeek => ColumnOfHour(like.LikedAt.ToUnixTimeMilliseconds()),
        _ => -1,
    };

    public int ColumnOfHour(long unixMs) => Offset + UtcCalendar.HourOfWeek(unixMs);

    public int ColumnOfToken(string token) => Column(Vocabulary!.IndexOf(token));

    /// <summary>What a like at <paramref name="time"/> counts when the newest is at <paramref name="newest"/>, unix milliseconds.</summary>
    public double WeightOf(long time, long newest) => HalfLife?.WeightOf(newest - time) ?? 1;

    private string? Attribute(Video video) => Source switch
    {
        BagSource.Videos => video.Id,
        BagSource.Makers => video.Maker,
        BagSource.Labels => video.Label,
        BagSource.Series => video.Series,
        _ => video.Source,
    };

    private int PriceBand(double? price)
    {
        if (price is not { } known)
            return -1;
        var band = 0;
        while (band < Edges.Length && Edges[band] <= known)
            band++;
        return band;
    }

    private void AddTokens(IReadOnlyList<string> tokens, List<int> columns)
    {
        foreach (var token in tokens)
            AddColumn(Vocabulary!.IndexOf(token), columns);
    }

    private void AddColumn(int index, List<int> columns)
    {
        if (index >= 0)
            columns.Add(Offset + index);
    }

    private int Column(int index) => index < 0 ? -1 : Offset + index;
}
