namespace Retraining.Serving;

/// <summary>One video or user in the embedding space.</summary>
/// <param name="Id">Id of the video (a UUID) or of the user (any text).</param>
/// <param name="Embedding">[dim], unit norm. Valid until the next row is read.</param>
public readonly record struct EmbeddingRow(string Id, ReadOnlyMemory<float> Embedding);
