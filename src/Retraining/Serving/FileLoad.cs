namespace Retraining.Serving;

/// <summary>Videos or users that a file index holds.</summary>
/// <param name="PseudonymisedUsers">As in <see cref="EmbeddingLoad"/>.</param>
internal sealed record FileLoad(string Version, EmbeddingKind Kind, int Rows, int Dim, string ContentHash, bool PseudonymisedUsers = false);
