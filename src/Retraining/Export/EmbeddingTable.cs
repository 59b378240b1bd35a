using Retraining.Artifacts;

namespace Retraining.Export;

/// <summary><c>video_embeddings.parquet</c> or <c>user_embeddings.parquet</c>: id and unit vector.</summary>
public sealed record EmbeddingTable
{
    public required ArtifactRef File { get; init; }
    public required int Rows { get; init; }
    public required int Dim { get; init; }
}
