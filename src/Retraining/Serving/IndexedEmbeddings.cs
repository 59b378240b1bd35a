namespace Retraining.Serving;

/// <summary>Videos or users of a version as the index holds them now.</summary>
public sealed record IndexedEmbeddings
{
    public required EmbeddingKind Kind { get; init; }
    public required long Rows { get; init; }
    public required int Dim { get; init; }

    /// <summary>Share of the exact top 10 that the index returns on a sample, measured now; 1 when the search is exact.</summary>
    public required double AnnRecall { get; init; }

    /// <summary>Stored embeddings by id, for the ids that were asked for and are there.</summary>
    public IReadOnlyDictionary<string, float[]> Embeddings { get; init; } = new Dictionary<string, float[]>();
}
