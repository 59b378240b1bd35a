using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Training;

namespace Retraining.Export;

public sealed class EmbedUsers(IArtifactStore work) : IStage<EmbedUsers.Input, EmbeddingTable>
{
    public sealed record Input(TrainingData Data, TrainedModel Challenger);

    public async Task<EmbeddingTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var model = await TrainedWeights.ReadAsync(work, input.Challenger.Weights, cancellationToken);
        return await EmbeddingFile.WriteAsync(
            work, context.Folder + "user_embeddings.parquet", "user_id", input.Data.Users, model.User, context.Progress, cancellationToken);
    }
}
