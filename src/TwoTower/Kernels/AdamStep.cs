namespace TwoTower.Kernels;

/// <summary>Adam's constants of one optimiser step.</summary>
internal readonly record struct AdamStep
{
    public float Beta1 { get; init; }
    public float Beta2 { get; init; }
    public float Epsilon { get; init; }

    /// <summary>Learning rate / (1 - beta1^t).</summary>
    public float Rate { get; init; }

    /// <summary>1 / sqrt(1 - beta2^t).</summary>
    public float RootCorrection { get; init; }

    /// <summary>1 - learning rate × decoupled decay; every weight is multiplied by it first.</summary>
    public float Keep { get; init; }

    /// <summary>Share of the weight added to its gradient.</summary>
    public float L2Penalty { get; init; }

    /// <summary>Multiplies every gradient first (clipping).</summary>
    public float GradientScale { get; init; }

    /// <param name="step">t, from 1.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="options">Betas, epsilon, decay and penalty.</param>
    /// <param name="gradientScale">See <see cref="GradientScale"/>.</param>
    public static AdamStep Create(long step, double learningRate, Training.TrainerOptions options, double gradientScale = 1) => new()
    {
        Beta1 = (float)options.Beta1,
        Beta2 = (float)options.Beta2,
        Epsilon = (float)options.Epsilon,
        Rate = (float)(learningRate / (1 - Math.Pow(options.Beta1, step))),
        RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step))),
        Keep = (float)(1 - (learningRate * options.WeightDecay)),
        L2Penalty = (float)options.L2Penalty,
        GradientScale = (float)gradientScale,
    };

    /// <summary>The same step for weights that neither decay nor shrink: biases.</summary>
    public AdamStep WithoutDecay() => this with { Keep = 1, L2Penalty = 0 };
}
