namespace Retraining.Source;

/// <summary>Precomputed vectors of the videos.</summary>
/// <param name="Width">Numbers of each.</param>
/// <param name="Kept">Videos with one.</param>
/// <param name="PutAside">Vectors that are not finite numbers or have another width; their videos are kept without.</param>
public sealed record VectorCounts(int Width, long Kept, long PutAside);
