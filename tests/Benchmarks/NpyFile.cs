using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Reads one-dimensional or row-major NumPy files of a four-byte type.</summary>
internal sealed class NpyFile<T> : IDisposable
    where T : unmanaged
{
    private readonly FileStream _stream;

    /// <exception cref="InvalidDataException">The file is no NumPy file of this type.</exception>
    public NpyFile(string path)
    {
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        Span<byte> head = stackalloc byte[10];
        _stream.ReadExactly(head);
        if (head[0] != 0x93 || !head[1..6].SequenceEqual("NUMPY"u8))
            throw new InvalidDataException($"{path}: no NumPy file");
        var header = new byte[BinaryPrimitives.ReadUInt16LittleEndian(head[8..])];
        _stream.ReadExactly(header);
        var text = System.Text.Encoding.ASCII.GetString(header);
        var expected = typeof(T) == typeof(float) ? "'<f4'" : "'<i4'";
        if (!text.Contains(expected, StringComparison.Ordinal))
            throw new InvalidDataException($"{path}: {text.Trim()}, expected {expected}");
        Length = (int)((_stream.Length - _stream.Position) / sizeof(int));
    }

    public int Length { get; }

    public static T[] ReadAll(string path)
    {
        using var file = new NpyFile<T>(path);
        var values = new T[file.Length];
        file.Read(values);
        return values;
    }

    /// <summary>Fills <paramref name="values"/> with the next ones.</summary>
    public void Read(Span<T> values) => _stream.ReadExactly(MemoryMarshal.AsBytes(values));

    public void Dispose() => _stream.Dispose();
}
