namespace TwoTower.Model;

/// <summary>Standard deviations of the normal draws that a new model starts from; biases start at 0.</summary>
public sealed record ModelInitialisation
{
    /// <summary>Of w1, per input column.</summary>
    public double Hidden { get; init; } = 0.05;

    /// <summary>Of w2; <see langword="null"/> takes sqrt(1 / hidden_dim). 0 starts as a linear model, which needs the skip.</summary>
    public double? Output { get; init; }

    /// <summary>Of the linear skip.</summary>
    public double Skip { get; init; } = 0.05;
}
