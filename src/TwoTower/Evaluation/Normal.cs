namespace TwoTower.Evaluation;

/// <summary>The standard normal distribution.</summary>
public static class Normal
{
    /// <summary>P(X ≤ x); absolute error below 2e-7.</summary>
    /// <remarks>Abramowitz and Stegun 7.1.26, on the complementary error function.</remarks>
    public static double Distribution(double x)
    {
        var t = 1 / (1 + 0.3275911 * Math.Abs(x) / Math.Sqrt(2));
        var poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        var upper = 0.5 * poly * Math.Exp(-x * x / 2);
        return x >= 0 ? 1 - upper : upper;
    }

    /// <summary>x with P(X ≤ x) = p, by bisection on <see cref="Distribution"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">p is not in (0, 1).</exception>
    public static double Quantile(double p)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(p, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(p, 1);
        double low = -9, high = 9;
        for (var step = 0; step < 80; step++)
        {
            var middle = (low + high) / 2;
            if (Distribution(middle) < p)
                low = middle;
            else
                high = middle;
        }

        return (low + high) / 2;
    }
}
