namespace TwoTower.Evaluation;

/// <summary>
/// One value by user for the bootstrap to resample: a metric, or a metric of one model minus that of another, over all or some users.
/// </summary>
public sealed class UserValues
{
    private readonly UserMetrics _metrics;
    private readonly UserMetrics? _other;
    private readonly bool[]? _counted;

    /// <param name="metrics">What is measured.</param>
    /// <param name="name">Which of its metrics.</param>
    /// <param name="other">What is taken off; null for nothing.</param>
    /// <param name="counted">By user whether it counts; null for all.</param>
    /// <exception cref="ArgumentException">The numbers of users differ, or there is no such metric.</exception>
    public UserValues(UserMetrics metrics, string name, UserMetrics? other = null, bool[]? counted = null)
    {
        if (other is not null && other.Users != metrics.Users)
            throw new ArgumentException($"{name}: {other.Users} users to compare with, expected {metrics.Users}");
        if (counted is not null && counted.Length != metrics.Users)
            throw new ArgumentException($"{name}: {counted.Length} flags, expected one for each of {metrics.Users} users");
        if (!metrics.Has(name) || other?.Has(name) == false)
            throw new ArgumentException($"metric {name}, expected one that all have");
        (_metrics, _other, _counted, Name) = (metrics, other, counted, name);
    }

    public string Name { get; }

    public int Users => _metrics.Users;

    /// <summary>The values of some users one after the other; NaN where there is none.</summary>
    /// <param name="firstUser">The first of them.</param>
    /// <param name="values">As long as there are users to copy; overwritten.</param>
    public void CopyTo(int firstUser, Span<double> values)
    {
        _metrics[Name].Slice(firstUser, values.Length).CopyTo(values);
        if (_other is not null)
            System.Numerics.Tensors.TensorPrimitives.Subtract(values, _other[Name].Slice(firstUser, values.Length), values);
        if (_counted is null)
            return;
        for (var u = 0; u < values.Length; u++)
        {
            if (!_counted[firstUser + u])
                values[u] = double.NaN;
        }
    }
}
