using Retraining.Dataset;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>The users that have targets to draw: their first likes of each item in the training part, and how probable each user is.</summary>
internal sealed class DrawableUsers
{
    private readonly List<int> _users = [];
    private readonly List<int> _offsets = [0];
    private readonly List<int> _events = [];
    private readonly double[] _cumulative;

    /// <param name="minLikes">Users with fewer are left out.</param>
    /// <param name="cancellationToken">Checked for every user.</param>
    public DrawableUsers(InteractionLog log, TimeSplit split, int minLikes, double activityPower, CancellationToken cancellationToken)
    {
        var seen = new HashSet<int>();
        for (var user = 0; user < log.Users; user++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            seen.Clear();
            for (var e = log.Offsets[user]; e < split.ValidationStart[user]; e++)
            {
                if (log.Positive[e] && seen.Add(log.Item[e]))
                    _events.Add(e);
            }

            if (_events.Count - _offsets[^1] < minLikes)
            {
                _events.RemoveRange(_offsets[^1], _events.Count - _offsets[^1]);
                continue;
            }

            _users.Add(user);
            _offsets.Add(_events.Count);
        }

        _cumulative = Cumulative(activityPower);
    }

    public int Count => _users.Count;

    /// <summary>Likes over all users.</summary>
    public int Likes => _events.Count;

    /// <summary>User index in the log.</summary>
    public int User(int position) => _users[position];

    /// <summary>Event indices of the first like of each item, in order of time.</summary>
    public ReadOnlySpan<int> LikesOf(int position) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_events)[_offsets[position].._offsets[position + 1]];

    /// <summary>Probability that a draw is this user.</summary>
    public double Probability(int position) =>
        (_cumulative[position] - (position == 0 ? 0 : _cumulative[position - 1])) / _cumulative[^1];

    /// <summary>Position of a drawn user; a pure function of its arguments (counters c and c + 1).</summary>
    public int Draw(ulong key, uint counter)
    {
        var bits = ((ulong)CounterRandom.Draw(key, counter) << 21) ^ CounterRandom.Draw(key, counter + 1) >> 11;
        var point = (bits & ((1UL << 53) - 1)) * (1.0 / (1UL << 53)) * _cumulative[^1];
        var found = Array.BinarySearch(_cumulative, point);
        return Math.Min(found >= 0 ? found + 1 : ~found, _cumulative.Length - 1);
    }

    private double[] Cumulative(double power)
    {
        var cumulative = new double[Count];
        var sum = 0.0;
        for (var position = 0; position < Count; position++)
            cumulative[position] = sum += Math.Pow(_offsets[position + 1] - _offsets[position], power);
        return cumulative;
    }
}
