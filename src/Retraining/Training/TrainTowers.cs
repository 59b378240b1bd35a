using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Training;

public sealed class TrainTowers : IStage<TrainTowers.Input, TrainedModel>
{
    public sealed record Input(TrainingData Data, TrainingSettings Training, PublishSettings Publish);

    public Task<TrainedModel> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
