using System.Text;

namespace TwoTower.Parquet;

/// <summary>Reads structs in Thrift's compact protocol; every length is checked against what is left.</summary>
/// <param name="data">From the struct's first byte; what follows the struct is left alone.</param>
/// <param name="where">For messages: the part of the file.</param>
internal ref struct CompactReader(ReadOnlySpan<byte> data, string where)
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _data = data;
    private readonly string _where = where;
    private int _depth;

    public int Position { get; private set; }

    /// <summary>Reads the next field's header.</summary>
    /// <param name="lastId">Id of the field before, 0 at the start of a struct; updated.</param>
    /// <returns>False at the end of the struct.</returns>
    public bool Next(ref short lastId, out CompactType type)
    {
        var header = Byte();
        type = (CompactType)(header & 0x0F);
        if (type == CompactType.Stop)
            return false;
        var delta = header >> 4;
        lastId = delta == 0 ? (short)ZigZag() : (short)(lastId + delta);
        return true;
    }

    public int Int32() => ZigZag() is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw Broken("a number of more than 32 bits");

    public long Int64() => ZigZag();

    public string String()
    {
        var length = Length(Varint());
        var text = Encoding.UTF8.GetString(_data.Slice(Position, length));
        Position += length;
        return text;
    }

    /// <summary>Header of a list; each element takes at least one byte, so the count is bounded by what is left.</summary>
    public int List(out CompactType elements)
    {
        var header = Byte();
        elements = (CompactType)(header & 0x0F);
        return Length(header >> 4 == 15 ? Varint() : (ulong)(header >> 4));
    }

    public void Skip(CompactType type)
    {
        if (++_depth > MaxDepth)
            throw Broken($"structs nested more than {MaxDepth} deep");
        switch (type)
        {
            case CompactType.True or CompactType.False:
                break;
            case CompactType.Byte:
                Byte();
                break;
            case CompactType.I16 or CompactType.I32 or CompactType.I64:
                Varint();
                break;
            case CompactType.Double or CompactType.Uuid:
                Position += Length(type == CompactType.Double ? 8u : 16u);
                break;
            case CompactType.Binary:
                var length = Length(Varint()); // first: it moves the position
                Position += length;
                break;
            case CompactType.List or CompactType.Set:
                SkipList();
                break;
            case CompactType.Map:
                SkipMap();
                break;
            case CompactType.Struct:
                short id = 0;
                while (Next(ref id, out var field))
                    Skip(field);
                break;
            default:
                throw Broken($"type {(int)type}, expected 1 to 13");
        }

        _depth--;
    }

    private void SkipList()
    {
        var count = List(out var elements);
        for (var i = 0; i < count; i++)
            SkipElement(elements);
    }

    private void SkipMap()
    {
        var count = Length(Varint());
        if (count == 0)
            return;
        var types = Byte();
        for (var i = 0; i < count; i++)
        {
            SkipElement((CompactType)(types >> 4));
            SkipElement((CompactType)(types & 0x0F));
        }
    }

    /// <summary>Unlike a field, a bool in a list takes a byte.</summary>
    private void SkipElement(CompactType type) => Skip(type is CompactType.True or CompactType.False ? CompactType.Byte : type);

    private long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Broken("a number of more than 64 bits");
    }

    private byte Byte() => Position < _data.Length ? _data[Position++] : throw Broken("the end of the data, expected more");

    private readonly int Length(ulong claimed) => claimed <= (ulong)(_data.Length - Position)
        ? (int)claimed
        : throw Broken($"a length of {claimed}, expected at most the {_data.Length - Position} bytes that are left");

    private readonly InvalidDataException Broken(string found) => new($"{_where}, byte {Position}: {found}");
}
