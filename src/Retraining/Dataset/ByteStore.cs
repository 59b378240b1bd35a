namespace Retraining.Dataset;

/// <summary>Pieces of bytes, hundreds of thousands of them, in few objects, so that the garbage collector has nothing to look through.</summary>
internal sealed class ByteStore
{
    private const int ChunkBytes = 1 << 22;

    private readonly List<byte[]> _chunks = [];
    private int _used;

    public ReadOnlySpan<byte> this[BytePlace place] => _chunks[place.Chunk].AsSpan(place.Start, place.Length);

    public BytePlace Add(ReadOnlySpan<byte> bytes)
    {
        if (_chunks.Count == 0 || _chunks[^1].Length - _used < bytes.Length)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, bytes.Length)));
            _used = 0;
        }

        bytes.CopyTo(_chunks[^1].AsSpan(_used));
        _used += bytes.Length;
        return new(_chunks.Count - 1, _used - bytes.Length, bytes.Length);
    }
}
