namespace TwoTower.Training;

/// <summary>The learning rate of a step: warm-up in a straight line, then the schedule down to the last planned step.</summary>
internal static class LearningRate
{
    /// <param name="options">Schedule, peak, warm-up, planned epochs.</param>
    /// <param name="step">Of the whole run, from 0.</param>
    /// <param name="stepsPerEpoch">Of the source.</param>
    public static double At(TrainerOptions options, long step, int stepsPerEpoch)
    {
        if (step < options.WarmUpSteps)
            return options.LearningRate * (step + 1) / options.WarmUpSteps;
        var planned = ((long)options.Epochs * stepsPerEpoch) - options.WarmUpSteps;
        var progress = Math.Clamp((double)(step - options.WarmUpSteps) / Math.Max(1, planned), 0, 1);
        var left = options.Schedule switch
        {
            LearningRateSchedule.Linear => 1 - progress,
            LearningRateSchedule.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
            _ => 1,
        };
        return options.LearningRate * (options.FinalLearningRate + ((1 - options.FinalLearningRate) * left));
    }
}
