namespace TwoTower.Training;

/// <summary>How the learning rate falls after the warm-up, over all planned steps.</summary>
public enum LearningRateSchedule
{
    Constant,

    /// <summary>Straight line to <see cref="TrainerOptions.FinalLearningRate"/>.</summary>
    Linear,

    /// <summary>Half a cosine to <see cref="TrainerOptions.FinalLearningRate"/>.</summary>
    Cosine,
}
