namespace TwoTower.Evaluation;

/// <summary>What one pass over a value by user tells: how many have it, its mean and skew, and which users they are.</summary>
/// <param name="Users">Users that have a value.</param>
/// <param name="Mean">NaN without any.</param>
/// <param name="Acceleration">Of a bias-corrected and accelerated interval, from the jackknife, which has a closed form for a mean.</param>
/// <param name="Defined">The same for two values of the same users, and, with a chance of 2^-64, for others.</param>
internal readonly record struct UserMoments(int Users, double Mean, double Acceleration, ulong Defined)
{
    private const int Block = 4096;

    public static UserMoments Of(UserValues values)
    {
        var defined = new SplitMix64(0).Next();
        var (users, sum) = (0, 0.0);
        ForEach(values, (user, value) =>
        {
            users++;
            sum += value;
            defined = new SplitMix64(defined ^ (uint)user).Next();
        });

        var mean = sum / users;
        double squares = 0, cubes = 0;
        ForEach(values, (_, value) =>
        {
            var distance = value - mean;
            squares += distance * distance;
            cubes += distance * distance * distance;
        });
        return new(users, mean, squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5)), defined);
    }

    private static void ForEach(UserValues values, Action<int, double> take)
    {
        Span<double> block = stackalloc double[Block];
        for (var first = 0; first < values.Users; first += Block)
        {
            var part = block[..Math.Min(Block, values.Users - first)];
            values.CopyTo(first, part);
            for (var u = 0; u < part.Length; u++)
            {
                if (!double.IsNaN(part[u]))
                    take(first + u, part[u]);
            }
        }
    }
}
