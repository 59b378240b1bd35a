using Retraining.Execution;
using Retraining.Export;

namespace Retraining.Serving;

public sealed class LoadEmbeddings : IStage<LoadEmbeddings.Input, LoadedEmbeddings>
{
    public sealed record Input(EmbeddingKind Kind, string Version, EmbeddingTable Embeddings, ServingSettings Serving);

    public Task<LoadedEmbeddings> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
