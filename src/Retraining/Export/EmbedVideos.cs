using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Training;

namespace Retraining.Export;

public sealed class EmbedVideos(IArtifactStore work) : IStage<EmbedVideos.Input, EmbeddingTable>
{
    public sealed record Input(TrainingData Data, TrainedModel Challenger);

    public async Task<EmbeddingTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var model = await TrainedWeights.ReadAsync(work, input.Challenger.Weights, cancellationToken);
        return await EmbeddingFile.WriteAsync(
            work, context.Folder + "video_embeddings.parquet", "video_id", input.Data.Items, model.Item, context.Progress, cancellationToken);
    }
}
