using Retraining.Artifacts;
using Retraining.Features;

namespace Retraining.Export;

/// <summary><c>video_embeddings.parquet</c> or <c>user_embeddings.parquet</c>: id and unit vector.</summary>
public sealed record EmbeddingTable : IShardedTable<EmbeddingTable>
{
    public required ArtifactRef File { get; init; }
    public required int Rows { get; init; }
    public required int Dim { get; init; }

    /// <inheritdoc/>
    public static EmbeddingTable Join(IReadOnlyList<EmbeddingTable> parts, ArtifactRef file) =>
        new() { File = file, Rows = parts.Sum(part => part.Rows), Dim = parts[0].Dim };
}
