using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using TwoTower.Model;

namespace TwoTower.Safetensors;

/// <summary>Reads float32 tensors from safetensors. Nothing of the header is believed before it is checked against the file.</summary>
public static class SafetensorsReader
{
    private const long MaxHeaderBytes = 100_000_000;

    /// <param name="stream">Seekable, read from its start.</param>
    /// <returns>In order of their position in the file.</returns>
    /// <exception cref="InvalidDataException">The file is broken; the message names the tensor.</exception>
    /// <exception cref="NotSupportedException">A tensor is not float32.</exception>
    public static async Task<IReadOnlyList<NamedTensor>> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = await ReadHeaderAsync(stream, cancellationToken);
        var entries = Parsed(header, json => json.EnumerateObject().Where(member => member.Name != "__metadata__").Select(Parse)
            .OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).ToList());
        var start = 8L + header.Length;
        Check(entries, stream.Length - start);
        var tensors = new List<NamedTensor>(entries.Count);
        foreach (var entry in entries)
        {
            stream.Position = start + entry.Begin;
            tensors.Add(new NamedTensor(entry.Name, entry.Shape, await ReadValuesAsync(stream, entry, cancellationToken)));
        }

        return tensors;
    }

    /// <summary>What the file says beside its tensors; empty when it says nothing.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<IReadOnlyDictionary<string, string>> ReadMetadataAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = await ReadHeaderAsync(stream, cancellationToken);
        return Parsed(header, json => json.TryGetProperty("__metadata__", out var metadata)
            ? metadata.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "", StringComparer.Ordinal)
            : []);
    }

    private static async Task<byte[]> ReadHeaderAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (stream.Length < 8)
            throw new InvalidDataException($"safetensors: {stream.Length} bytes, expected at least 8");
        var prefix = new byte[8];
        stream.Position = 0;
        await stream.ReadExactlyAsync(prefix, cancellationToken);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length < 0 || length > Math.Min(MaxHeaderBytes, stream.Length - 8))
            throw new InvalidDataException($"safetensors: a header of {length} bytes, expected 0 to {Math.Min(MaxHeaderBytes, stream.Length - 8)}");
        var header = new byte[length];
        await stream.ReadExactlyAsync(header, cancellationToken);
        return header;
    }

    private static T Parsed<T>(byte[] header, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(header);
            return read(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"safetensors: the header is not what the format says: {error.Message}", error);
        }
    }

    private static Entry Parse(JsonProperty member)
    {
        var type = member.Value.GetProperty("dtype").GetString();
        if (type != "F32")
            throw new NotSupportedException($"safetensors, tensor {member.Name}: {type}, expected F32");
        var shape = member.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
        var offsets = member.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets.Length != 2)
            throw new InvalidDataException($"safetensors, tensor {member.Name}: {offsets.Length} offsets, expected 2");
        return new Entry(member.Name, shape, offsets[0], offsets[1]);
    }

    /// <summary>The tensors must cover the data without gap or overlap, as the format demands.</summary>
    private static void Check(List<Entry> entries, long bytes)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var end = 0L;
        foreach (var entry in entries)
        {
            if (!names.Add(entry.Name))
                throw new InvalidDataException($"safetensors, tensor {entry.Name}: described twice, expected once");
            if (entry.Begin != end || entry.End < entry.Begin || entry.End > bytes)
                throw new InvalidDataException($"safetensors, tensor {entry.Name}: bytes {entry.Begin} to {entry.End}, expected {end} to at most {bytes}");
            if (entry.Count is not { } count || count * 4 != entry.End - entry.Begin)
                throw new InvalidDataException(
                    $"safetensors, tensor {entry.Name}: {entry.End - entry.Begin} bytes for the shape [{string.Join(", ", entry.Shape)}]");
            end = entry.End;
        }

        if (end != bytes)
            throw new InvalidDataException($"safetensors: {bytes} bytes of values, expected {end} by the header");
    }

    private static async Task<float[]> ReadValuesAsync(Stream stream, Entry entry, CancellationToken cancellationToken)
    {
        var values = new float[(int)entry.Count!.Value];
        var block = new byte[Math.Min(1 << 18, Math.Max(4, 4 * values.Length))];
        for (var start = 0; start < values.Length;)
        {
            var count = Math.Min(block.Length / 4, values.Length - start);
            await stream.ReadExactlyAsync(block.AsMemory(0, 4 * count), cancellationToken);
            block.AsSpan(0, 4 * count).CopyTo(MemoryMarshal.AsBytes(values.AsSpan(start, count)));
            start += count;
        }

        return values;
    }

    private sealed record Entry(string Name, int[] Shape, long Begin, long End)
    {
        /// <summary>Values by the shape; null when it is negative or more than an array holds.</summary>
        public long? Count
        {
            get
            {
                var count = 1L;
                foreach (var size in Shape)
                {
                    if (size < 0 || (count *= size) > Array.MaxLength)
                        return null;
                }

                return count;
            }
        }
    }
}
