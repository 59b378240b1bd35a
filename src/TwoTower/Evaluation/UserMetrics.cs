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
        ? Column(column)
        : throw new ArgumentException($"metric {name}, expected one of {string.Join(", ", Names)}");

    /// <summary>[users] values of the metric at this place among the names.</summary>
    internal Span<double> Column(int place) => _values.AsSpan(place * Users, Users);

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
}
