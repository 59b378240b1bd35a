namespace TwoTower.Training;

/// <summary>How a model is trained. Same options, data and seed give the same weights, bit for bit, for any number of threads.</summary>
public sealed record TrainerOptions
{
    public int Epochs { get; init; } = 40;

    /// <summary>Epochs without a better validation metric before training stops; 0 never stops early.</summary>
    public int Patience { get; init; } = 4;

    /// <summary>Peak rate of Adam, reached after the warm-up.</summary>
    public double LearningRate { get; init; } = 0.002;
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Share of the peak rate left at the end of the last planned epoch, in [0, 1].</summary>
    public double FinalLearningRate { get; init; } = 0.05;

    /// <summary>Steps over which the rate rises from 0 in a straight line.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>Decoupled (AdamW), on all weights but the biases.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Coupled: adds this share of each weight (not bias) to its gradient before Adam.</summary>
    public double L2Penalty { get; init; }

    /// <summary>Adam's decay rates and epsilon.</summary>
    public double Beta1 { get; init; } = 0.9;
    public double Beta2 { get; init; } = 0.999;
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Longest global gradient norm; a longer gradient is scaled down. 0 is off.</summary>
    public double GradientClip { get; init; }

    /// <summary>Share of hidden units switched off in a step, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>Share of a user row's values left out in a step (the others grow by 1 / (1 - share)), in [0, 1).</summary>
    public double UserInputDropout { get; init; }

    /// <summary>As <see cref="UserInputDropout"/>, for item rows.</summary>
    public double ItemInputDropout { get; init; }

    /// <summary>Item columns that hold the item's identity, hidden by <see cref="IdDropout"/>.</summary>
    public Range ItemIdColumns { get; init; } = 0..0;

    /// <summary>Chance that an item's identity is hidden in a step, in [0, 1].</summary>
    public double IdDropout { get; init; }

    public TrainingLoss Loss { get; init; } = TrainingLoss.InBatchSoftmax;

    /// <summary>Divides every logit, greater than 0.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Sampled softmax: subtract log q of each candidate (Yi et al., RecSys 2019).</summary>
    public bool LogQCorrection { get; init; } = true;

    /// <summary>Sampled softmax: subtract log q from the positive's own logit too, as Yi et al. do.</summary>
    public bool CorrectPositive { get; init; } = true;

    /// <summary>Sampled softmax: items drawn uniformly from the catalogue and added to the batch's candidates (mixed negatives).</summary>
    public int UniformNegatives { get; init; }

    /// <summary>Binary cross entropy: uniform negatives for each positive.</summary>
    public int Negatives { get; init; } = 3;

    /// <summary>
    /// How often an item that the user turned down counts as drawn negative: in a softmax each of them, in binary cross entropy one that is
    /// drawn among them for each positive. 0 ignores dislikes.
    /// </summary>
    public double DislikeWeight { get; init; }

    public int Seed { get; init; } = 42;

    /// <summary>0 takes all cores. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// A gradient of more than this many times the running mean of the steps before is exploding, and so are weights of more than this many
    /// times the norm that they started with; greater than 1.
    /// </summary>
    public double ExplodingNorm { get; init; } = 100;

    /// <summary>So many exploding gradients in a row end the run; the first ones of a run only make the mean. At least 1.</summary>
    public int ExplodingSteps { get; init; } = 20;
}
