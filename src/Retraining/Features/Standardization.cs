namespace Retraining.Features;

/// <summary>Mean and standard deviation (over the population) of one number.</summary>
/// <param name="Mean">In the number's unit.</param>
/// <param name="Std">In the number's unit; 0 is taken as 1.</param>
public readonly record struct Standardization(double Mean, double Std)
{
    public double Apply(double value) => (value - Mean) / (Std == 0 ? 1 : Std);

    /// <summary>Of no values: mean 0, std 1. A number that never varies gets std 1.</summary>
    public static Standardization Of(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
            return new(0, 1);

        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        var mean = sum / values.Length;

        var squares = 0.0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        var std = Math.Sqrt(squares / values.Length);
        return new(mean, std > 1e-12 * Math.Abs(mean) ? std : 1);
    }
}
