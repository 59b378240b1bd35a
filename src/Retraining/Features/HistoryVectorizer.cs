using System.Runtime.InteropServices;
using Retraining.Dataset;
using TwoTower.Model;

namespace Retraining.Features;

/// <summary>
/// Writes the feature row of a user at any moment straight from the log; the same bits as <see cref="UserVectorizer"/> gives for
/// <see cref="Payload"/>. Thread-safe.
/// </summary>
public sealed class HistoryVectorizer
{
    private const long WindowMs = 30L * 86_400_000;
    private readonly UserVectorizer _users;
    private readonly InteractionLog _log;
    private readonly Catalogue _catalogue;
    private readonly ItemColumns[] _columns;
    private readonly double[] _price;

    /// <exception cref="Execution.PermanentStageException">The schema asks for what is not known.</exception>
    public HistoryVectorizer(FeatureSpec spec, Catalogue catalogue, InteractionLog log)
    {
        _users = new UserVectorizer(spec);
        _catalogue = catalogue;
        _log = log;
        _columns = [.. _users.Layout.Bags.Select(bag => new ItemColumns(bag, catalogue))];
        _price = [.. catalogue.Videos.Select(video => video.Price ?? double.NaN)];
    }

    public FeatureSpec Spec => _users.Spec;

    /// <summary>Width of a row.</summary>
    public int Columns => _users.Columns;

    /// <summary>Index of a user's first event that is not before <paramref name="time"/>: the end of what was known then.</summary>
    /// <param name="time">Unix milliseconds. An event at the very time is not before it.</param>
    public int EndBefore(int user, long time)
    {
        int low = _log.Offsets[user], high = _log.Offsets[user + 1];
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_log.Time[middle] < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Appends the row of a user who has decided the events up to <paramref name="end"/>, as of a moment.</summary>
    /// <param name="end">Index of the first event that is not known: in [Offsets[user], Offsets[user + 1]].</param>
    /// <param name="asOf">Unix milliseconds, not before the last of those events.</param>
    public void Write(int user, int end, long asOf, SparseRows rows)
    {
        var writer = _users.Rent();
        writer.Events.Clear();
        for (var e = _log.Offsets[user]; e < end; e++)
            writer.Events.Add(e);
        var known = CollectionsMarshal.AsSpan(writer.Events);
        Write(writer, user, known, known, asOf, rows);
    }

    /// <summary>As above, from chosen events in the order of time.</summary>
    /// <param name="known">Events that the numbers count.</param>
    /// <param name="bagged">Events that the bags count; a part of <paramref name="known"/> to thin a history at random.</param>
    public void Write(int user, ReadOnlySpan<int> known, ReadOnlySpan<int> bagged, long asOf, SparseRows rows) =>
        Write(_users.Rent(), user, known, bagged, asOf, rows);

    /// <summary>The raw payload that gives the row of <see cref="Write(int, int, long, SparseRows)"/>.</summary>
    public UserPayload Payload(int user, int end, long asOf)
    {
        var writer = _users.Rent();
        var known = Enumerable.Range(_log.Offsets[user], end - _log.Offsets[user]).ToArray();
        var statistics = Statistics(writer, user, known, asOf);
        _users.Return(writer);
        return HistoryPayload.Of(_log.UserIds[user], statistics, Likes(known), withLikes: Spec.Version != "v2");
    }

    /// <summary>The standardised numbers of v2 before scaling, in their order.</summary>
    internal double[] Numbers(int user, int end, long asOf)
    {
        var writer = _users.Rent();
        writer.Events.Clear();
        for (var e = _log.Offsets[user]; e < end; e++)
            writer.Events.Add(e);
        var statistics = Statistics(writer, user, CollectionsMarshal.AsSpan(writer.Events), asOf);
        _users.Return(writer);
        return [.. _users.Layout.Columns.Take(FeatureLayout.UserNumeric.Count).Select(column => statistics[column.Number, asOf])];
    }

    private IReadOnlyList<(Source.Video Video, long LikedAt)> Likes(int[] known) =>
        [.. known.Where(e => _log.Positive[e]).Select(e => (_catalogue.Videos[_log.Item[e]], _log.Time[e]))];

    private void Write(UserRowWriter writer, int user, ReadOnlySpan<int> known, ReadOnlySpan<int> bagged, long asOf, SparseRows rows)
    {
        writer.Numbers(Statistics(writer, user, known, asOf), asOf);
        var likes = Likes(writer, bagged);
        foreach (var columns in _columns)
        {
            writer.BeginBag();
            AddBag(writer, columns, likes);
            writer.EndBag(columns.Bag.L2);
        }

        writer.EndRow(rows);
        _users.Return(writer);
    }

    private void AddBag(UserRowWriter writer, ItemColumns columns, ReadOnlySpan<int> likes)
    {
        var bag = columns.Bag;
        if (bag.Source == BagSource.HoursOfWeek)
        {
            foreach (var e in likes)
                writer.Add(bag.ColumnOfHour(_log.Time[e]), 1);
        }
        else if (bag.HalfLifeDays > 0)
        {
            foreach (var e in likes)
                writer.Add(columns[_log.Item[e]], bag.WeightOf(_log.Time[e], _log.Time[likes[^1]]));
        }
        else
        {
            foreach (var e in likes)
                writer.Count(columns[_log.Item[e]]);
        }
    }

    private ReadOnlySpan<int> Likes(UserRowWriter writer, ReadOnlySpan<int> bagged)
    {
        CollectionsMarshal.SetCount(writer.Likes, bagged.Length);
        var likes = CollectionsMarshal.AsSpan(writer.Likes);
        var count = 0;
        foreach (var e in bagged)
        {
            likes[count] = e;
            count += _log.Positive[e] ? 1 : 0;
        }

        return likes[..count];
    }

    private UserStatistics Statistics(UserRowWriter writer, int user, ReadOnlySpan<int> known, long asOf)
    {
        var statistics = new UserStatistics { ProfileCreatedAt = _log.ProfileCreatedAt[user], DecisionCount = known.Length };
        writer.Prices.Clear();
        double hours = 0, prices = 0;
        foreach (var e in known)
        {
            var recent = _log.Time[e] > asOf - WindowMs;
            statistics.DecisionCount30d += recent ? 1 : 0;
            if (!_log.Positive[e])
                continue;
            statistics.LikeCount++;
            statistics.LikeCount30d += recent ? 1 : 0;
            statistics.RecentLikeAt = _log.Time[e];
            hours += UtcCalendar.Hour(_log.Time[e]);
            if (_price[_log.Item[e]] is var price && !double.IsNaN(price))
            {
                prices += price;
                writer.Prices.Add(price);
            }
        }

        statistics.NopeCount = statistics.DecisionCount - statistics.LikeCount;
        statistics.NopeCount30d = statistics.DecisionCount30d - statistics.LikeCount30d;
        statistics.AverageLikeHour = statistics.LikeCount > 0 ? hours / statistics.LikeCount : null;
        statistics.MeanPrice = writer.Prices.Count > 0 ? prices / writer.Prices.Count : null;
        statistics.MedianPrice = writer.MedianPrice();
        return statistics;
    }
}
