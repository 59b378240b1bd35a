namespace Retraining.Features;

/// <summary>A <see cref="RowWriter"/> for users, with room for what is drawn together on the way to a row.</summary>
internal sealed class UserRowWriter(UserLayout layout) : RowWriter(layout.Width)
{
    private double[] _weights = [];

    public LikedEvents Likes { get; } = new();

    public RankBuffer Ranks { get; } = new();

    public void Numbers(in UserStatistics user, long asOf)
    {
        foreach (var column in layout.Columns)
            Value(column.Column, column.Value(user, asOf));
    }

    /// <summary>What each of <see cref="Likes"/> counts, from 1 for the newest.</summary>
    public ReadOnlySpan<double> Weights(HalfLife halfLife)
    {
        var times = Likes.WholeTime;
        if (_weights.Length < times.Length)
            _weights = new double[2 * times.Length];
        if (Likes.Count > 0)
            halfLife.Weigh(times, Likes.Time[^1], _weights);
        return _weights.AsSpan(0, Likes.Count);
    }
}
