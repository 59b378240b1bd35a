namespace Retraining.Serving;

/// <summary>Videos or users of one generation, loaded and indexed beside the live ones.</summary>
public sealed record LoadedEmbeddings
{
    /// <summary><c>videos</c> or <c>users</c>.</summary>
    public required string Kind { get; init; }
    public required string Version { get; init; }
    public required long Rows { get; init; }

    /// <summary>Share of the exact top 10 that the index returned on a sample; 1 when the search is exact.</summary>
    public required double AnnRecall { get; init; }
}
