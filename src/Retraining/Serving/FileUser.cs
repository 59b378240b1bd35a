namespace Retraining.Serving;

/// <summary>A user of a file index.</summary>
/// <param name="Embedding">[dim], unit norm; null for one that has decisions only.</param>
/// <param name="Decided">Rows of videos that the user decided on.</param>
internal sealed record FileUser(float[]? Embedding, int[] Decided);
