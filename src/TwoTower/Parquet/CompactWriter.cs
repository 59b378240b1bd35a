using System.Buffers;
using System.Text;

namespace TwoTower.Parquet;

/// <summary>Writes structs in Thrift's compact protocol, fields in ascending order of their id.</summary>
internal sealed class CompactWriter(IBufferWriter<byte> output)
{
    private readonly Stack<short> _outer = new();
    private short _lastId;

    public void Bool(short id, bool value) => Header(id, value ? CompactType.True : CompactType.False);

    public void Int32(short id, int value)
    {
        Header(id, CompactType.I32);
        ZigZag(value);
    }

    public void Int64(short id, long value)
    {
        Header(id, CompactType.I64);
        ZigZag(value);
    }

    public void String(short id, string value)
    {
        Header(id, CompactType.Binary);
        StringElement(value);
    }

    public void List(short id, CompactType elements, int count)
    {
        Header(id, CompactType.List);
        if (count < 15)
        {
            Byte((byte)((count << 4) | (int)elements));
            return;
        }

        Byte((byte)(0xF0 | (int)elements));
        Varint((ulong)count);
    }

    public void Int32Element(int value) => ZigZag(value);

    public void StringElement(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)length);
        output.Advance(Encoding.UTF8.GetBytes(value, output.GetSpan(length)));
    }

    /// <summary>A struct as field <paramref name="id"/>; close it with <see cref="End"/>.</summary>
    public void Begin(short id)
    {
        Header(id, CompactType.Struct);
        BeginElement();
    }

    /// <summary>A struct as list element; close it with <see cref="End"/>.</summary>
    public void BeginElement()
    {
        _outer.Push(_lastId);
        _lastId = 0;
    }

    /// <summary>Closes a struct, or the outermost one.</summary>
    public void End()
    {
        Byte(0);
        _lastId = _outer.TryPop(out var id) ? id : (short)0;
    }

    private void Header(short id, CompactType type)
    {
        var delta = id - _lastId;
        if (delta is > 0 and <= 15)
        {
            Byte((byte)((delta << 4) | (int)type));
        }
        else
        {
            Byte((byte)type);
            ZigZag(id);
        }

        _lastId = id;
    }

    private void ZigZag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
