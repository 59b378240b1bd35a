using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Training;

namespace Retraining.Evaluation;

public sealed class EvaluateModel : IStage<EvaluateModel.Input, EvaluationReport>
{
    public sealed record Input(TrainingData Data, TrainedModel Challenger, EvaluationSettings Evaluation, PublishSettings Publish);

    public Task<EvaluationReport> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
