using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TwoTower.Parquet;

/// <summary>Decodes the pages of one column of one row group.</summary>
/// <typeparam name="T">string, bool, int, long, float, double, or <see cref="ReadOnlyMemory{T}"/> of byte for all that lies as bytes.</typeparam>
internal sealed class ChunkDecoder<T>(ParquetLeaf leaf, ColumnChunk chunk, string where)
{
    private const int MaxPageBytes = 1 << 30, MaxPageEntries = 1 << 26;

    private readonly List<T> _values = [];
    private readonly List<int> _definition = [];
    private readonly List<int> _repetition = [];
    private T[]? _dictionary;
    private long _entries;

    /// <summary>Values that are there, in order.</summary>
    public ReadOnlySpan<T> Values => CollectionsMarshal.AsSpan(_values);

    /// <summary>Per entry; empty when every entry is a value.</summary>
    public ReadOnlySpan<int> Definition => CollectionsMarshal.AsSpan(_definition);

    /// <summary>Per entry; empty for a flat column.</summary>
    public ReadOnlySpan<int> Repetition => CollectionsMarshal.AsSpan(_repetition);

    public void Decode(ReadOnlySpan<byte> pages)
    {
        while (_entries < chunk.Values)
        {
            var header = PageHeader.Parse(pages, where, out var length);
            pages = pages[length..];
            Check(header, pages.Length);
            var body = pages[..header.CompressedBytes];
            switch (header.Type)
            {
                case PageHeader.Dictionary: ReadDictionary(header, body); break;
                case PageHeader.Data: ReadData(header, body); break;
                case PageHeader.DataV2: ReadDataV2(header, body); break;
            }

            pages = pages[header.CompressedBytes..];
        }
    }

    private void Check(PageHeader header, int left)
    {
        if (header.CompressedBytes < 0 || header.CompressedBytes > left)
            throw new InvalidDataException($"{where}: a page of {header.CompressedBytes} bytes, expected 0 to the {left} that are left");
        if (header.UncompressedBytes is < 0 or > MaxPageBytes)
            throw new InvalidDataException($"{where}: a page of {header.UncompressedBytes} bytes uncompressed, expected 0 to {MaxPageBytes}");
        if (header.Type is not (PageHeader.Data or PageHeader.DataV2 or PageHeader.Dictionary or PageHeader.Index))
            throw new NotSupportedException($"{where}: a page of type {header.Type}, expected 0 to 3");
        var most = header.Type is PageHeader.Data or PageHeader.DataV2 ? Math.Min(MaxPageEntries, chunk.Values - _entries) : MaxPageEntries;
        if (header.Type != PageHeader.Index && (header.Entries < 0 || header.Entries > most))
            throw new InvalidDataException($"{where}: a page of {header.Entries} entries, expected 0 to {most}");
    }

    private void ReadDictionary(PageHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary))
            throw new ParquetCodingException($"{where}: a dictionary encoded {header.Encoding}, expected Plain");
        var data = PageCodec.Decompress(chunk.Codec, body, header.UncompressedBytes, where);
        // A value takes at least a bit, so the page's size bounds what is allocated here.
        if (header.Entries > 8L * data.Length)
            throw new InvalidDataException($"{where}: a dictionary of {header.Entries} values in {data.Length} bytes");
        _dictionary = new T[header.Entries];
        PlainDecoder.Read<T>(data, _dictionary, leaf.Width, where);
    }

    private void ReadData(PageHeader header, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> data = PageCodec.Decompress(chunk.Codec, body, header.UncompressedBytes, where);
        if (leaf.MaxRepetition > 0)
            ReadLevels(Prefixed(ref data, header.RepetitionEncoding), leaf.MaxRepetition, header.Entries, _repetition);
        var present = header.Entries;
        if (leaf.MaxDefinition > 0)
            present = ReadLevels(Prefixed(ref data, header.DefinitionEncoding), leaf.MaxDefinition, header.Entries, _definition);
        ReadValues(header.Encoding, data, present);
        _entries += header.Entries;
    }

    private void ReadDataV2(PageHeader header, ReadOnlySpan<byte> body)
    {
        var levels = (long)header.RepetitionBytes + header.DefinitionBytes;
        if (header.RepetitionBytes < 0 || header.DefinitionBytes < 0 || levels > body.Length || levels > header.UncompressedBytes)
            throw new InvalidDataException($"{where}: levels of {levels} bytes in a page of {body.Length}");
        if (leaf.MaxRepetition > 0)
            ReadLevels(body[..header.RepetitionBytes], leaf.MaxRepetition, header.Entries, _repetition);
        var present = header.Entries;
        if (leaf.MaxDefinition > 0)
            present = ReadLevels(body.Slice(header.RepetitionBytes, header.DefinitionBytes), leaf.MaxDefinition, header.Entries, _definition);
        var codec = header.IsCompressed ? chunk.Codec : 0;
        ReadValues(header.Encoding, PageCodec.Decompress(codec, body[(int)levels..], header.UncompressedBytes - (int)levels, where), present);
        _entries += header.Entries;
    }

    private ReadOnlySpan<byte> Prefixed(ref ReadOnlySpan<byte> data, PageEncoding encoding)
    {
        if (encoding != PageEncoding.Rle)
            throw new ParquetCodingException($"{where}: levels encoded {encoding}, expected Rle");
        var length = data.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(data);
        if (length < 0 || length > data.Length - 4)
            throw new InvalidDataException($"{where}: levels of {length} bytes, expected at most the {data.Length} that are left");
        var levels = data.Slice(4, length);
        data = data[(4 + length)..];
        return levels;
    }

    /// <returns>How many levels are the highest: the values that are there.</returns>
    private int ReadLevels(ReadOnlySpan<byte> data, int max, int count, List<int> into)
    {
        var levels = Extend(into, count);
        HybridDecoder.Read(data, 32 - int.LeadingZeroCount(max), levels, where);
        if (levels.IndexOfAnyExceptInRange(0, max) is >= 0 and var at)
            throw new InvalidDataException($"{where}: level {levels[at]}, expected 0 to {max}");
        return levels.Count(max);
    }

    private void ReadValues(PageEncoding encoding, ReadOnlySpan<byte> data, int count)
    {
        switch (encoding)
        {
            case PageEncoding.Plain when count > 8L * data.Length:
                throw new InvalidDataException($"{where}: {count} values in {data.Length} bytes");
            case PageEncoding.Plain:
                PlainDecoder.Read(data, Extend(_values, count), leaf.Width, where);
                break;
            case PageEncoding.Rle when typeof(T) == typeof(bool):
                var bits = new int[count];
                HybridDecoder.Read(Prefixed(ref data, PageEncoding.Rle), 1, bits, where);
                foreach (var bit in bits)
                    _values.Add((T)(object)(bit != 0));
                break;
            case PageEncoding.PlainDictionary or PageEncoding.RleDictionary:
                ReadIndices(data, count);
                break;
            default:
                throw new ParquetCodingException($"{where}: values encoded {encoding}, expected Plain or RleDictionary");
        }
    }

    private void ReadIndices(ReadOnlySpan<byte> data, int count)
    {
        var dictionary = _dictionary ?? throw new InvalidDataException($"{where}: a page of dictionary indices without a dictionary before it");
        if (count == 0)
            return;
        if (data.IsEmpty)
            throw new InvalidDataException($"{where}: {count} dictionary indices in 0 bytes");
        var indices = new int[count];
        HybridDecoder.Read(data[1..], data[0], indices, where);
        var values = Extend(_values, count);
        for (var i = 0; i < count; i++)
        {
            if ((uint)indices[i] >= (uint)dictionary.Length)
                throw new InvalidDataException($"{where}: dictionary index {indices[i]}, expected 0 to {dictionary.Length - 1}");
            values[i] = dictionary[indices[i]];
        }
    }

    private static Span<TItem> Extend<TItem>(List<TItem> list, int count)
    {
        var start = list.Count;
        CollectionsMarshal.SetCount(list, start + count);
        return CollectionsMarshal.AsSpan(list)[start..];
    }
}
