namespace Retraining.Serving;

/// <summary>Videos or users that a file index holds.</summary>
internal sealed record FileLoad(string Version, EmbeddingKind Kind, int Rows, int Dim, string ContentHash);
