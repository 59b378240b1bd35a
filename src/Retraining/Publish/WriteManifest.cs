using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Training;

namespace Retraining.Publish;

public sealed class WriteManifest : IStage<WriteManifest.Input, ArtifactSet>
{
    public sealed record Input(string Version, RetrainingRequest Request, TrainingData Data, TrainedModel Challenger, ExportedModel Export,
        EmbeddingTable Videos, EmbeddingTable Users, EvaluationReport Evaluation, Verdict Verdict);

    public Task<ArtifactSet> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
