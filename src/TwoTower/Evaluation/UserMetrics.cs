namespace TwoTower.Evaluation;

/// <summary>A value for each user and metric: what the bootstrap resamples.</summary>
public sealed class UserMetrics
{
    private readonly Dictionary<string, int> _columns;
    private readonly double[] _values;

    /// <param name="names">Metric names: <c>recall@10</c>.</param>
    /// <param name="users">Rows.</param>
    public UserMetrics(IReadOnlyList<string> names, int users)
    {
        Names = names;
        Users = users;
        _columns = names.Select((name, column) => (name, column)).ToDictionary(x => x.name, x => x.column, StringComparer.Ordinal);
        _values = new double[names.Count * users];
    }

    public IReadOnlyList<string> Names { get; }

    public int Users { get; }

    /// <summary>[users] values of one metric; NaN where it is not defined for a user.</summary>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    public Span<double> this[string name] => _columns.TryGetValue(name, out var column)
        ? _values.AsSpan(column * Users, Users)
        : throw new ArgumentException($"metric {name}, expected one of {string.Join(", ", Names)}");

    public bool Has(string name) => _columns.ContainsKey(name);

    /// <summary>Mean over the users where it is defined; NaN if there are none.</summary>
    public double Mean(string name)
    {
        var sum = 0.0;
        var count = 0;
        foreach (var value in this[name])
        {
            if (double.IsNaN(value))
                continue;
            sum += value;
            count++;
        }

        return sum / count;
    }

    /// <summary>The rows of the given users, in that order.</summary>
    public UserMetrics Select(IReadOnlyList<int> users)
    {
        var selected = new UserMetrics(Names, users.Count);
        foreach (var name in Names)
        {
            Span<double> from = this[name], to = selected[name];
            for (var k = 0; k < users.Count; k++)
                to[k] = from[users[k]];
        }

        return selected;
    }

    /// <summary>The metrics of both, for the same users.</summary>
    /// <exception cref="ArgumentException">The numbers of users differ.</exception>
    public UserMetrics Join(UserMetrics other)
    {
        if (other.Users != Users)
            throw new ArgumentException($"metrics of {other.Users} users, expected the same {Users}");

        var joined = new UserMetrics([.. Names, .. other.Names], Users);
        foreach (var name in Names)
            this[name].CopyTo(joined[name]);
        foreach (var name in other.Names)
            other[name].CopyTo(joined[name]);
        return joined;
    }

    /// <summary>This minus <paramref name="other"/>, for the metrics that both have.</summary>
    /// <exception cref="ArgumentException">The numbers of users differ.</exception>
    public UserMetrics Minus(UserMetrics other)
    {
        if (other.Users != Users)
            throw new ArgumentException($"{other.Users} users to compare with, expected the same {Users}");

        var difference = new UserMetrics([.. Names.Where(other.Has)], Users);
        foreach (var name in difference.Names)
        {
            Span<double> mine = this[name], theirs = other[name], to = difference[name];
            for (var u = 0; u < Users; u++)
                to[u] = mine[u] - theirs[u];
        }

        return difference;
    }
}
