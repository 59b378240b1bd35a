using System.Collections.Concurrent;
using TwoTower.Model;

namespace Retraining.Features;

/// <summary>Turns raw user payloads into feature rows. Thread-safe.</summary>
/// <exception cref="Execution.PermanentStageException">The schema asks for what is not known.</exception>
public sealed class UserVectorizer
{
    private readonly UserLayout _layout;
    private readonly ConcurrentBag<UserRowWriter> _writers = [];

    /// <inheritdoc cref="UserVectorizer" path="/exception"/>
    public UserVectorizer(FeatureSpec spec)
    {
        Spec = spec;
        _layout = new UserLayout(spec);
    }

    public FeatureSpec Spec { get; }

    /// <summary>Width of a row.</summary>
    public int Columns => _layout.Width;

    internal UserLayout Layout => _layout;

    /// <summary>Appends the row of one user as it is at <paramref name="asOf"/>.</summary>
    public void Write(UserPayload payload, DateTimeOffset asOf, SparseRows rows)
    {
        var writer = Rent();
        writer.Numbers(UserStatistics.Of(payload), asOf.ToUnixTimeMilliseconds());
        foreach (var bag in _layout.Bags)
        {
            writer.BeginBag();
            AddBag(writer, bag, payload);
            writer.EndBag(bag.L2);
        }

        writer.EndRow(rows);
        Return(writer);
    }

    /// <summary>The dense vector of one user, [<see cref="Columns"/>].</summary>
    public float[] Vector(UserPayload payload, DateTimeOffset asOf)
    {
        var rows = new SparseRows(Columns);
        Write(payload, asOf, rows);
        var vector = new float[Columns];
        rows.CopyRowTo(0, vector);
        return vector;
    }

    internal UserRowWriter Rent() => _writers.TryTake(out var writer) ? writer : new UserRowWriter(_layout);

    internal void Return(UserRowWriter writer) => _writers.Add(writer);

    private static void AddBag(UserRowWriter writer, UserBag bag, UserPayload payload)
    {
        if (bag.Source is BagSource.Tags or BagSource.Performers)
        {
            foreach (var token in bag.Source == BagSource.Tags ? payload.Tags : payload.Performers)
                AddColumn(writer, bag.ColumnOfToken(token), 1);
            return;
        }

        if (payload.LikedVideos is not { Count: > 0 } likes)
            return;
        var newest = likes.Max(like => like.LikedAt).ToUnixTimeMilliseconds();
        foreach (var like in likes)
            AddColumn(writer, bag.ColumnOf(like), bag.WeightOf(like.LikedAt.ToUnixTimeMilliseconds(), newest));
    }

    private static void AddColumn(UserRowWriter writer, int column, double weight)
    {
        if (column >= 0)
            writer.Add(column, weight);
    }
}
