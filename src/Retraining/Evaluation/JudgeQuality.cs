using Retraining.Execution;
using Retraining.Training;

namespace Retraining.Evaluation;

public sealed class JudgeQuality : IStage<JudgeQuality.Input, Verdict>
{
    public sealed record Input(EvaluationReport Evaluation, TrainedModel Challenger, GateSettings Gate, string? OverrideReason);

    public Task<Verdict> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
