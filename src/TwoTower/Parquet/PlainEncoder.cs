using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TwoTower.Parquet;

/// <summary>Writes values in the PLAIN encoding.</summary>
internal static class PlainEncoder
{
    public static void Write<T>(ReadOnlySpan<T> values, IBufferWriter<byte> output)
    {
        if (typeof(T) == typeof(string))
            WriteStrings(MemoryMarshal.CreateReadOnlySpan(ref Same<T, string>(values), values.Length), output);
        else if (typeof(T) == typeof(bool))
            WriteBits(MemoryMarshal.CreateReadOnlySpan(ref Same<T, bool>(values), values.Length), output);
        else if (typeof(T) == typeof(int))
            WriteNumbers<int>(MemoryMarshal.CreateReadOnlySpan(ref Same<T, int>(values), values.Length), output);
        else if (typeof(T) == typeof(long))
            WriteNumbers<long>(MemoryMarshal.CreateReadOnlySpan(ref Same<T, long>(values), values.Length), output);
        else if (typeof(T) == typeof(float))
            WriteNumbers<float>(MemoryMarshal.CreateReadOnlySpan(ref Same<T, float>(values), values.Length), output);
        else if (typeof(T) == typeof(double))
            WriteNumbers<double>(MemoryMarshal.CreateReadOnlySpan(ref Same<T, double>(values), values.Length), output);
        else
            throw new ArgumentException($"values of {typeof(T).Name}, expected string, bool, int, long, float or double");
    }

    private static ref TTo Same<T, TTo>(ReadOnlySpan<T> values) =>
        ref Unsafe.As<T, TTo>(ref MemoryMarshal.GetReference(values));

    private static void WriteStrings(ReadOnlySpan<string> values, IBufferWriter<byte> output)
    {
        foreach (var value in values)
        {
            var length = Encoding.UTF8.GetByteCount(value);
            var span = output.GetSpan(4 + length);
            BinaryPrimitives.WriteInt32LittleEndian(span, length);
            Encoding.UTF8.GetBytes(value, span[4..]);
            output.Advance(4 + length);
        }
    }

    private static void WriteBits(ReadOnlySpan<bool> values, IBufferWriter<byte> output)
    {
        var bytes = (values.Length + 7) / 8;
        var bits = output.GetSpan(Math.Max(bytes, 1))[..bytes];
        bits.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i])
                bits[i >> 3] |= (byte)(1 << (i & 7));
        }

        output.Advance(bytes);
    }

    private static void WriteNumbers<T>(ReadOnlySpan<T> values, IBufferWriter<byte> output)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("a big-endian machine, expected a little-endian one");
        output.Write(MemoryMarshal.AsBytes(values));
    }
}
