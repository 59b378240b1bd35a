namespace Retraining.Dataset;

/// <summary>Where some bytes lie in a <see cref="ByteStore"/>.</summary>
internal readonly record struct BytePlace(int Chunk, int Start, int Length);
