using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TwoTower.Parquet;

/// <summary>Reads values in the PLAIN encoding.</summary>
internal static class PlainDecoder
{
    /// <param name="output">Overwritten; its length says how many values are wanted.</param>
    /// <exception cref="InvalidDataException">The data ends before that.</exception>
    public static void Read<T>(ReadOnlySpan<byte> data, Span<T> output, string where)
    {
        if (typeof(T) == typeof(string))
            ReadStrings(data, MemoryMarshal.CreateSpan(ref Unsafe.As<T, string>(ref MemoryMarshal.GetReference(output)), output.Length), where);
        else if (typeof(T) == typeof(bool))
            ReadBits(data, MemoryMarshal.CreateSpan(ref Unsafe.As<T, bool>(ref MemoryMarshal.GetReference(output)), output.Length), where);
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
            var length = data.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(data);
            if (length < 0 || length > data.Length - 4)
                throw new InvalidDataException($"{where}, value {i}: a string of {length} bytes, expected at most the {data.Length} that are left");
            output[i] = Encoding.UTF8.GetString(data.Slice(4, length));
            data = data[(4 + length)..];
        }
    }

    private static void ReadBits(ReadOnlySpan<byte> data, Span<bool> output, string where)
    {
        if ((output.Length + 7L) / 8 > data.Length)
            throw new InvalidDataException($"{where}: {data.Length} bytes, expected {(output.Length + 7L) / 8} for {output.Length} bits");
        for (var i = 0; i < output.Length; i++)
            output[i] = (data[i >> 3] >> (i & 7) & 1) != 0;
    }
}
