namespace TwoTower.Factorisation;

/// <summary>How implicit feedback is factorised.</summary>
public sealed record ImplicitAlsOptions
{
    /// <summary>Width of a factor.</summary>
    public int Dim { get; init; } = 64;

    /// <summary>λ; grows with a row's weights: λ · (weights of its pairs + α · other side).</summary>
    public double Regularisation { get; init; } = 0.01;

    /// <summary>α: weight of every pair, seen or not, towards a score of 0; what a seen pair weighs comes on top.</summary>
    public double UnobservedWeight { get; init; } = 0.3;

    /// <summary>Times that both sides are solved.</summary>
    public int Sweeps { get; init; } = 12;
    public int Seed { get; init; } = 42;

    /// <summary>0 takes all cores. The result does not depend on it.</summary>
    public int Threads { get; init; }
}
