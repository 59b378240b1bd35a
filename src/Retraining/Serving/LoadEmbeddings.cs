using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Export;

namespace Retraining.Serving;

/// <summary>Loads videos or users of a version into the vector index, beside the live ones.</summary>
public sealed class LoadEmbeddings(IArtifactStore work, OpenVectorIndex openIndex) : IStage<LoadEmbeddings.Input, LoadedEmbeddings>
{
    /// <param name="Snapshot">What the version was trained on.</param>
    /// <param name="PositiveDecisions">Decision types that count towards popularity.</param>
    public sealed record Input(EmbeddingKind Kind, string Version, EmbeddingTable Embeddings, Snapshot Snapshot,
        IReadOnlyList<string> PositiveDecisions, ServingSettings Serving);

    public async Task<LoadedEmbeddings> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        await using var index = openIndex(input.Serving);
        return await index.LoadAsync(
            new EmbeddingLoad
            {
                Kind = input.Kind,
                Version = input.Version,
                Dim = input.Embeddings.Dim,
                Rows = input.Embeddings.Rows,
                PseudonymisedUsers = input.Snapshot.PseudonymisedUsers,
                ContentHash = input.Embeddings.File.Sha256,
                ReadRows = token => EmbeddingFile.ReadAsync(work, input.Embeddings, input.Kind, token),
                ReadSnapshot = token => SnapshotReader.ReadAsync(work, input.Snapshot, token),
                PositiveDecisions = input.PositiveDecisions,
                Progress = context.Progress,
            },
            cancellationToken);
    }
}
