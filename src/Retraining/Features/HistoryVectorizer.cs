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

    /// <summary>Blocks in memory at a time; by more the file that they go to could not be written faster.</summary>
    private const int MostAhead = 8;

    /// <summary>Users whose numbers one thread works out at a time.</summary>
    private const int PartRows = 256;

    private readonly UserVectorizer _users;
    private readonly InteractionLog _log;
    private readonly Catalogue _catalogue;
    private readonly ItemColumns[] _columns;
    private readonly ItemPrices _prices;

    /// <exception cref="Execution.PermanentStageException">The schema asks for what is not known.</exception>
    public HistoryVectorizer(FeatureSpec spec, Catalogue catalogue, InteractionLog log)
    {
        _users = new UserVectorizer(spec);
        _catalogue = catalogue;
        _log = log;
        _columns = [.. _users.Layout.Bags.Select(bag => new ItemColumns(bag, catalogue))];
        _prices = new ItemPrices(catalogue);
    }

    public FeatureSpec Spec => _users.Spec;

    /// <summary>Width of a row.</summary>
    public int Columns => _users.Columns;

    /// <summary>Index of a user's first event that is not before <paramref name="time"/>: the end of what was known then.</summary>
    /// <param name="time">Unix milliseconds. An event at the very time is not before it.</param>
    public int EndBefore(int user, long time) =>
        _log.Offsets[user] + UtcCalendar.CountBefore(_log.Time.AsSpan(_log.Offsets[user].._log.Offsets[user + 1]), time);

    /// <summary>Appends the row of a user who has decided the events up to <paramref name="end"/>, as of a moment.</summary>
    /// <inheritdoc cref="HistoryMoment" path="/param"/>
    public void Write(int user, int end, long asOf, SparseRows rows)
    {
        var writer = _users.Rent();
        Write(writer, new(user, end, asOf), rows);
        _users.Return(writer);
    }

    /// <summary>As above, from chosen events in the order of time.</summary>
    /// <param name="known">Events that the numbers count.</param>
    /// <param name="bagged">Events that the bags count; a part of <paramref name="known"/> to thin a history at random.</param>
    public void Write(int user, ReadOnlySpan<int> known, ReadOnlySpan<int> bagged, long asOf, SparseRows rows)
    {
        var writer = _users.Rent();
        writer.Likes.Take(_log, known);
        writer.Numbers(Statistics(writer, user, known.Length, CountAfter(known, asOf - WindowMs), asOf), asOf);
        writer.Likes.Take(_log, bagged);
        WriteBags(writer);
        writer.EndRow(rows);
        _users.Return(writer);
    }

    /// <summary>Rows of many users, block after block, written ahead by many threads. The threads change no bit.</summary>
    /// <param name="blocks">Rows [Start, End) of each block.</param>
    /// <param name="moment">Of the row that is given.</param>
    /// <param name="threads">0 takes all cores, up to eight.</param>
    /// <returns>Each block's rows, to be read before the next block is asked for.</returns>
    public IEnumerable<SparseRows> Blocks(IEnumerable<(int Start, int End)> blocks, Func<int, HistoryMoment> moment, int threads = 0)
    {
        var ahead = threads > 0 ? threads : Math.Min(Environment.ProcessorCount, MostAhead);
        var (writing, free) = (new Queue<Task<SparseRows>>(), new Stack<SparseRows>());
        foreach (var (start, end) in blocks)
        {
            if (writing.Count == ahead)
            {
                var rows = writing.Dequeue().GetAwaiter().GetResult();
                yield return rows;
                free.Push(rows);
            }

            var room = free.TryPop(out var used) ? used : new SparseRows(Columns);
            writing.Enqueue(ahead > 1 ? Task.Run(() => Write(start, end, moment, room)) : Task.FromResult(Write(start, end, moment, room)));
        }

        foreach (var last in writing)
            yield return last.GetAwaiter().GetResult();
    }

    /// <summary>The raw payload that gives the row of <see cref="Write(int, int, long, SparseRows)"/>.</summary>
    public UserPayload Payload(int user, int end, long asOf)
    {
        var writer = _users.Rent();
        var statistics = Statistics(writer, new(user, end, asOf));
        _users.Return(writer);
        return HistoryPayload.Of(_log.UserIds[user], statistics, Likes(user, end), withLikes: Spec.Version != "v2");
    }

    /// <summary>What users' numbers are before any scaling, at many moments, by many threads. The threads change no bit.</summary>
    /// <param name="moments">Any number.</param>
    /// <param name="numbers">What the columns of the result hold.</param>
    /// <param name="values">Row-major [moments, numbers]; overwritten.</param>
    /// <param name="threads">0 takes all cores.</param>
    internal void Numbers(HistoryMoment[] moments, UserNumber[] numbers, double[] values, int threads = 0)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        Parallel.For(0, (moments.Length + (PartRows - 1)) / PartRows, options, part =>
        {
            var writer = _users.Rent();
            for (var row = part * PartRows; row < Math.Min(moments.Length, (part + 1) * PartRows); row++)
            {
                var statistics = Statistics(writer, moments[row]);
                var of = values.AsSpan(row * numbers.Length, numbers.Length);
                for (var k = 0; k < of.Length; k++)
                    of[k] = statistics[numbers[k], moments[row].AsOf];
            }

            _users.Return(writer);
        });
    }

    private IReadOnlyList<(Source.Video Video, long LikedAt)> Likes(int user, int end) =>
    [
        .. Enumerable.Range(_log.Offsets[user], end - _log.Offsets[user])
            .Where(e => _log.Positive[e])
            .Select(e => (_catalogue.Videos[_log.Item[e]], _log.Time[e])),
    ];

    private SparseRows Write(int start, int end, Func<int, HistoryMoment> moment, SparseRows rows)
    {
        rows.Clear();
        var writer = _users.Rent();
        for (var row = start; row < end; row++)
            Write(writer, moment(row), rows);
        _users.Return(writer);
        return rows;
    }

    private void Write(UserRowWriter writer, HistoryMoment moment, SparseRows rows)
    {
        if (_users.Layout.Columns.Count > 0)
            writer.Numbers(Statistics(writer, moment), moment.AsOf);
        else
            writer.Likes.Take(_log, _log.Offsets[moment.User], moment.End);
        WriteBags(writer);
        writer.EndRow(rows);
    }

    private void WriteBags(UserRowWriter writer)
    {
        foreach (var columns in _columns)
        {
            writer.BeginBag();
            AddBag(writer, columns);
            writer.EndBag(columns.Bag.L2);
        }
    }

    private static void AddBag(UserRowWriter writer, ItemColumns columns)
    {
        var (bag, likes) = (columns.Bag, writer.Likes);
        if (bag.Source == BagSource.HoursOfWeek)
        {
            foreach (var time in likes.Time)
                writer.Add(bag.ColumnOfHour(time), 1);
        }
        else if (bag.HalfLife is { } halfLife)
        {
            writer.Add(columns, likes.Item, writer.Weights(halfLife));
        }
        else
        {
            writer.Count(columns, likes.Item);
        }
    }

    /// <summary>The numbers at a moment; leaves the likes that are known then with the writer.</summary>
    private UserStatistics Statistics(UserRowWriter writer, HistoryMoment moment)
    {
        var start = _log.Offsets[moment.User];
        var decisions = moment.End - start;
        writer.Likes.Take(_log, start, moment.End);
        var recent = decisions - UtcCalendar.CountBefore(_log.Time.AsSpan(start, decisions), moment.AsOf - WindowMs + 1);
        return Statistics(writer, moment.User, decisions, recent, moment.AsOf);
    }

    private int CountAfter(ReadOnlySpan<int> events, long time)
    {
        var count = 0;
        foreach (var e in events)
            count += _log.Time[e] > time ? 1 : 0;
        return count;
    }

    /// <param name="decisions">Known events.</param>
    /// <param name="recent">Those of them that lie in the window.</param>
    private UserStatistics Statistics(UserRowWriter writer, int user, int decisions, int recent, long asOf)
    {
        var likes = writer.Likes;
        var recentLikes = likes.Count - UtcCalendar.CountBefore(likes.Time, asOf - WindowMs + 1);
        var (mean, median) = _prices.Of(likes.Item, writer.Ranks);
        return new()
        {
            ProfileCreatedAt = _log.ProfileCreatedAt[user],
            LikeCount = likes.Count,
            NopeCount = decisions - likes.Count,
            DecisionCount = decisions,
            RecentLikeAt = likes.Count > 0 ? likes.Time[^1] : null,
            AverageLikeHour = likes.Count > 0 ? UtcCalendar.HourSum(likes.WholeTime) / likes.Count : null,
            MeanPrice = mean,
            MedianPrice = median,
            LikeCount30d = recentLikes,
            NopeCount30d = recent - recentLikes,
            DecisionCount30d = recent,
        };
    }
}
