using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Training;

/// <summary>
/// Trains for some minutes, for hosts that stop long activities: to the end of the sweep, trial or epoch in which they are over. Slice
/// after slice ends in the same bits as one training without a pause.
/// </summary>
/// <param name="openTorch">Null in builds without TorchSharp.</param>
public sealed class TrainSlice(IArtifactStore work, OpenPublishStore openPublishStore, TimeProvider time, OpenTorch? openTorch = null)
    : IStage<TrainSlice.Input, TrainingSlice>
{
    /// <param name="Number">From 1; slices of one run differ by it.</param>
    public sealed record Input(TrainTowers.Input Training, int Number);

    public async Task<TrainingSlice> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var (began, length) = (time.GetTimestamp(), TimeSpan.FromMinutes(input.Training.Training.SliceMinutes));
        try
        {
            var training = new TowerTraining(work, openPublishStore, time, openTorch);
            await training.RunAsync(input.Training, context, () => time.GetElapsedTime(began) >= length, cancellationToken);
            return new TrainingSlice(Finished: true);
        }
        catch (SliceOverException)
        {
            return new TrainingSlice(Finished: false);
        }
    }
}
