namespace Retraining.Publish;

/// <summary>Compares embeddings.</summary>
internal static class Embeddings
{
    /// <summary>Largest difference that a column of halves may make to a component of a unit vector: half of 2^-11, with some to spare.</summary>
    public const double HalfTolerance = 1e-3;

    /// <returns>A sentence about the first difference; null when there is none.</returns>
    public static string? Compare(string what, float[] expected, float[]? found, double tolerance)
    {
        if (found is null)
            return $"{what}: missing, expected {expected.Length} components";
        if (found.Length != expected.Length)
            return $"{what}: {found.Length} components, expected {expected.Length}";
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - found[i]) <= tolerance))
                return $"{what}, component {i}: {found[i]:R}, expected {expected[i]:R} within {tolerance:R}";
        }

        return null;
    }
}
