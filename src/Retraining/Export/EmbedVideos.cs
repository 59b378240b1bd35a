using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Training;

namespace Retraining.Export;

public sealed class EmbedVideos(IArtifactStore work) : IStage<EmbedVideos.Input, EmbeddingTable>
{
    /// <summary>Of the whole table.</summary>
    public const string FileName = "video_embeddings.parquet";

    /// <param name="Shard">Which part of the videos; null: all of them.</param>
    public sealed record Input(TrainingData Data, TrainedModel Challenger, Shard? Shard = null);

    public async Task<EmbeddingTable> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var model = await TrainedWeights.ReadAsync(work, input.Challenger.Weights, cancellationToken);
        var shard = input.Shard ?? Shard.Whole;
        return await EmbeddingFile.WriteAsync(
            work, context.Folder + shard.NameOf(FileName), "video_id", input.Data.Items, shard, model.Item, context.Progress, cancellationToken);
    }
}
