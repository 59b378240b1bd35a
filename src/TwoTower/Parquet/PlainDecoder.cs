using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TwoTower.Parquet;

/// <summary>Reads values in the PLAIN encoding.</summary>
internal static class PlainDecoder
{
    /// <param name="output">Overwritten; its length says how many values are wanted.</param>
    /// <param name="width">Bytes of a value of fixed length, 0 where each says its own; for values as bytes only.</param>
    /// <exception cref="InvalidDataException">The data ends before that.</exception>
    public static void Read<T>(ReadOnlySpan<byte> data, Span<T> output, int width, string where)
    {
        if (typeof(T) == typeof(string))
            ReadStrings(data, Cast<T, string>(output), where);
        else if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            ReadBytes(data, Cast<T, ReadOnlyMemory<byte>>(output), width, where);
        else if (typeof(T) == typeof(bool))
            ReadBits(data, Cast<T, bool>(output), where);
        else
            ReadNumbers(data, output, where);
    }

    private static void ReadNumbers<T>(ReadOnlySpan<byte> data, Span<T> output, string where)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("a big-endian machine, expected a little-endian one");
        var needed = (long)output.Length * Unsafe.SizeOf<T>();
        if (needed > data.Length)
            throw new InvalidDataException($"{where}: {data.Length} bytes, expected {needed} for {output.Length} values");
        var bytes = MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(output)), (int)needed);
        data[..(int)needed].CopyTo(bytes);
    }

    private static void ReadStrings(ReadOnlySpan<byte> data, Span<string> output, string where)
    {
        for (var i = 0; i < output.Length; i++)
        {
            var length = LengthOf(data, i, where);
            output[i] = Encoding.UTF8.GetString(data.Slice(4, length));
            data = data[(4 + length)..];
        }
    }

    private static void ReadBytes(ReadOnlySpan<byte> data, Span<ReadOnlyMemory<byte>> output, int width, string where)
    {
        if ((long)output.Length * width > data.Length)
            throw new InvalidDataException($"{where}: {data.Length} bytes, expected {output.Length} values of {width}");
        ReadOnlyMemory<byte> all = data.ToArray(); // the page's own array is not kept
        for (int i = 0, at = 0; i < output.Length; i++)
        {
            var prefix = width > 0 ? 0 : 4;
            var length = width > 0 ? width : LengthOf(data[at..], i, where);
            output[i] = all.Slice(at + prefix, length);
            at += prefix + length;
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> data, int value, string where)
    {
        var length = data.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(data);
        return length >= 0 && length <= data.Length - 4 ? length
            : throw new InvalidDataException($"{where}, value {value}: {length} bytes, expected at most the {data.Length} that are left");
    }

    /// <summary>The same values under the type that they are known to have.</summary>
    private static Span<TKnown> Cast<T, TKnown>(Span<T> values) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<T, TKnown>(ref MemoryMarshal.GetReference(values)), values.Length);

    private static void ReadBits(ReadOnlySpan<byte> data, Span<bool> output, string where)
    {
        if ((output.Length + 7L) / 8 > data.Length)
            throw new InvalidDataException($"{where}: {data.Length} bytes, expected {(output.Length + 7L) / 8} for {output.Length} bits");
        for (var i = 0; i < output.Length; i++)
            output[i] = (data[i >> 3] >> (i & 7) & 1) != 0;
    }
}
