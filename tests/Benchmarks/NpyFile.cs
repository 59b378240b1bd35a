using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Reads one-dimensional or row-major NumPy files of a four-byte type.</summary>
internal static class NpyFile
{
    /// <summary>All values of a file, flattened.</summary>
    /// <exception cref="InvalidDataException">The file is no NumPy file of this type.</exception>
    public static T[] Read<T>(string path)
        where T : unmanaged
    {
        using var stream = File.OpenRead(path);
        Span<byte> head = stackalloc byte[10];
        stream.ReadExactly(head);
        if (!head[..6].SequenceEqual("\x93NUMPY"u8[1..]) && head[0] != 0x93)
            throw new InvalidDataException($"{path}: no NumPy file");
        var header = new byte[BinaryPrimitives.ReadUInt16LittleEndian(head[8..])];
        stream.ReadExactly(header);
        var text = System.Text.Encoding.ASCII.GetString(header);
        var expected = typeof(T) == typeof(float) ? "'<f4'" : "'<i4'";
        if (!text.Contains(expected, StringComparison.Ordinal))
            throw new InvalidDataException($"{path}: {text.Trim()}, expected {expected}");
        var values = new T[(stream.Length - stream.Position) / sizeof(int)];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
