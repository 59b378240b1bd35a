using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Training;

namespace Retraining.Export;

public sealed class EmbedUsers : IStage<EmbedUsers.Input, EmbeddingTable>
{
    public sealed record Input(TrainingData Data, TrainedModel Challenger);

    public Task<EmbeddingTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
