using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using TwoTower.Model;

namespace TwoTower.Safetensors;

/// <summary>Writes float32 tensors as safetensors; the same tensors in the same order give the same bytes.</summary>
/// <remarks>Layout: header length (8 bytes, little-endian), JSON header padded with spaces to a multiple of 8, values.</remarks>
public static class SafetensorsWriter
{
    /// <param name="metadata">Written in ordinal order as <c>__metadata__</c>.</param>
    /// <exception cref="ArgumentException">A tensor's values are not as many as its shape says, or two have the same name.</exception>
    public static async Task WriteAsync(
        Stream stream, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("a big-endian machine, expected a little-endian one");
        var header = Header(tensors, metadata);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        await stream.WriteAsync(length, cancellationToken);
        await stream.WriteAsync(header, cancellationToken);
        foreach (var tensor in tensors)
            await WriteValuesAsync(stream, tensor.Values, cancellationToken);
    }

    private static ReadOnlyMemory<byte> Header(IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                    throw new ArgumentException($"tensor {tensor.Name}: a name that is taken, expected another");
                offset = WriteEntry(json, tensor, offset);
            }

            json.WriteEndObject();
        }

        var padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(8)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenMemory;
    }

    private static long WriteEntry(Utf8JsonWriter json, NamedTensor tensor, long offset)
    {
        var count = tensor.Shape.Aggregate(1L, (product, size) => checked(product * size));
        if (count != tensor.Values.Length)
            throw new ArgumentException($"tensor {tensor.Name}: {tensor.Values.Length} values, expected {count} for [{string.Join(", ", tensor.Shape)}]");
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", "F32");
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + (4 * count));
        json.WriteEndArray();
        json.WriteEndObject();
        return offset + (4 * count);
    }

    private static async Task WriteValuesAsync(Stream stream, float[] values, CancellationToken cancellationToken)
    {
        var block = new byte[1 << 18];
        for (var start = 0; start < values.Length; start += block.Length / 4)
        {
            var count = Math.Min(block.Length / 4, values.Length - start);
            MemoryMarshal.AsBytes(values.AsSpan(start, count)).CopyTo(block);
            await stream.WriteAsync(block.AsMemory(0, 4 * count), cancellationToken);
        }
    }
}
