namespace TwoTower.TorchZip;

/// <summary>The checksum of zip: polynomial 0xEDB88320, reflected.</summary>
internal struct Crc32()
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value =>
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        return crc;
    })];

    private uint _state = uint.MaxValue;

    /// <summary>Of all that was added.</summary>
    public readonly uint Value => ~_state;

    public void Add(ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
            _state = Table[(byte)(_state ^ value)] ^ (_state >> 8);
    }
}
