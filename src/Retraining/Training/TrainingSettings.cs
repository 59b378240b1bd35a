using System.ComponentModel.DataAnnotations;

namespace Retraining.Training;

/// <summary>The model and how it is trained.</summary>
public sealed record TrainingSettings
{
    [Range(2, 2_000)]
    public int EmbeddingDim { get; init; } = 128;
    [Range(1, 8_192)]
    public int HiddenDim { get; init; } = 256;

    /// <summary>Adds input × [input_dim, embedding_dim] to the output of the hidden layer.</summary>
    public bool LinearSkip { get; init; } = true;

    /// <summary>
    /// What training starts from: <c>factors</c> (a factorisation of the likes, onto which the linear parts of both towers are fitted),
    /// <c>champion</c> (the live version's weights, what it did not know yet starts anew; factors where its layers differ, or where fewer
    /// than 100 users have likes for early stopping that it has not learnt from) or <c>random</c>. Factors need the linear part.
    /// </summary>
    [AllowedValues("factors", "champion", "random")]
    public string Start { get; init; } = "factors";

    /// <summary>For <c>factors</c>: λ of the factorisation.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double FactorRegularisation { get; init; } = 0.01;

    /// <summary>For <c>factors</c>: weight of a pair that was not seen, against 1 for a like.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double FactorUnobservedWeight { get; init; } = 0.3;

    /// <summary>For <c>factors</c>: times that both sides are solved.</summary>
    [Range(1, 1_000)]
    public int FactorSweeps { get; init; } = 12;

    /// <summary>
    /// For <c>factors</c>: try smaller and larger values of regularisation and unobserved weight too, three times at most from the best found,
    /// and take what the validation users find clearly better; the best values hang on the size and density of the data.
    /// </summary>
    public bool FactorTrials { get; init; } = true;

    /// <summary>For <c>factors</c>: ridge penalty of the user features.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double UserPenalty { get; init; } = 0.5;

    /// <summary>For <c>factors</c>: ridge penalty of the item content.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double ContentPenalty { get; init; } = 3;

    /// <summary><c>softmax</c> (in-batch, sampled), <c>full-softmax</c> (over the whole catalogue) or <c>bce</c>.</summary>
    [AllowedValues("softmax", "full-softmax", "bce")]
    public string Loss { get; init; } = "softmax";

    /// <summary>Divides every logit; 0 takes the value under which the starting model explains the training targets best.</summary>
    [Range(0.0, 10.0)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>For <c>bce</c>: negatives for each positive.</summary>
    [Range(1, 1_000)]
    public int Negatives { get; init; } = 3;

    /// <summary>For <c>softmax</c>: subtract log q of each candidate (Yi et al., RecSys 2019).</summary>
    public bool LogQCorrection { get; init; } = true;

    /// <summary>For <c>softmax</c>: uniform negatives beside the batch's own.</summary>
    [Range(0, 1_000_000)]
    public int UniformNegatives { get; init; }

    /// <summary>
    /// How often a video that the user turned down counts as negative: in a softmax each one as drawn, with <c>bce</c> one drawn among them
    /// for each target, in the factors each one as a pair that was not seen. 0 ignores dislikes.
    /// </summary>
    [Range(0.0, 1_000.0)]
    public double DislikeWeight { get; init; }

    [Range(1, 65_536)]
    public int BatchUsers { get; init; } = 256;
    [Range(1, 1_024)]
    public int TargetsPerUser { get; init; } = 4;

    /// <summary>Smallest share of a history that a training row sees; the share of a row is drawn between this and 1.</summary>
    [Range(0.0, 1.0)]
    public double KeepHistory { get; init; } = 0.5;

    /// <summary>A user with n likes is drawn with a probability in proportion to n to this power.</summary>
    [Range(0.0, 4.0)]
    public double ActivityPower { get; init; } = 0.5;

    /// <summary>
    /// A like that is d days older than the newest one weighs 2^(-d / this) in the loss and in the factors, beside its own weight; 0: age
    /// does not matter.
    /// </summary>
    [Range(0.0, 36_500.0)]
    public double RecencyHalfLifeDays { get; init; }

    /// <summary>0 keeps the model that training starts from.</summary>
    [Range(0, 10_000)]
    public int Epochs { get; init; } = 40;

    /// <summary>Epochs without a better validation metric before training stops.</summary>
    [Range(1, 10_000)]
    public int Patience { get; init; } = 4;
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.002;

    /// <summary><c>constant</c>, <c>linear</c> or <c>cosine</c>: how the rate falls over the planned epochs.</summary>
    [AllowedValues("constant", "linear", "cosine")]
    public string Schedule { get; init; } = "cosine";
    [Range(0, 1_000_000)]
    public int WarmUpSteps { get; init; } = 20;

    /// <summary>Decoupled (AdamW).</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Longest gradient (its global norm); a longer one is scaled down. 0 leaves it alone.</summary>
    [Range(0.0, 1e9)]
    public double GradientClip { get; init; }

    /// <summary>
    /// A gradient of more than this many times the running mean of the steps before is exploding, and so are weights of more than this many
    /// times the norm that they started with, which end the run as failed.
    /// </summary>
    [Range(1.0, 1e9, MinimumIsExclusive = true)]
    public double ExplodingNorm { get; init; } = 100;

    /// <summary>So many exploding gradients in a row end the run as failed.</summary>
    [Range(1, 1_000_000)]
    public int ExplodingSteps { get; init; } = 20;
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.3;

    /// <summary>Share of items whose id feature is hidden in a step, so that content learns to carry cold items.</summary>
    [Range(0.0, 1.0)]
    public double IdDropout { get; init; } = 0.1;

    /// <summary>Train once more, as many epochs as were best, with the validation part among the training likes; the hold-out stays unseen.</summary>
    public bool Refit { get; init; } = true;

    /// <summary>Most users that early stopping looks at; more are thinned evenly.</summary>
    [Range(1, 10_000_000)]
    public int ValidationUsers { get; init; } = 10_000;
    public int Seed { get; init; } = 42;

    /// <summary>
    /// For hosts that stop long activities: train in slices of this many minutes, each an activity of its own. A slice ends with the first epoch
    /// that ends after them; before the first epoch, with the first sweep or trial of the factors. 0 trains in one go. The result does not
    /// depend on it.
    /// </summary>
    [Range(0.0, 1_440.0)]
    public double SliceMinutes { get; init; }

    /// <summary>0 takes all cores. The result does not depend on it.</summary>
    [Range(0, 1_024)]
    public int Threads { get; init; }

    /// <summary>
    /// What computes the steps: <c>csharp</c> (this program's own kernels, the same bytes on any number of cores) or <c>torch</c> (libtorch,
    /// in builds that have TorchSharp).
    /// </summary>
    [AllowedValues("csharp", "torch")]
    public string Trainer { get; init; } = "csharp";

    /// <summary>For <c>torch</c>: <c>cpu</c> or <c>cuda</c>.</summary>
    [AllowedValues("cpu", "cuda")]
    public string Device { get; init; } = "cpu";
}
