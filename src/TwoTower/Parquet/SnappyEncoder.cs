using System.Buffers;
using System.Buffers.Binary;

namespace TwoTower.Parquet;

/// <summary>Writes raw Snappy blocks: greedy matches of four bytes or more, at most 64 KiB back. The same input, the same bytes.</summary>
/// <remarks>Source: the Snappy compressed format description, without the framing format.</remarks>
internal ref struct SnappyEncoder
{
    private const int HashBits = 14, MinMatch = 4, MaxCopy = 64, MaxOffset = 65_535;

    private readonly ReadOnlySpan<byte> _input;
    private readonly Span<byte> _output;

    /// <summary>By hash: position + 1 of the newest place.</summary>
    private readonly Span<int> _newest;
    private int _written;

    private SnappyEncoder(ReadOnlySpan<byte> input, Span<byte> output, Span<int> newest)
    {
        _input = input;
        _output = output;
        _newest = newest;
        newest.Clear();
    }

    /// <param name="input">Up to 2 GiB.</param>
    /// <param name="output">Gets the block.</param>
    public static void Compress(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        var newest = ArrayPool<int>.Shared.Rent(1 << HashBits);
        var bound = 32 + input.Length + (input.Length / 6); // the format's own
        var encoder = new SnappyEncoder(input, output.GetSpan(bound), newest.AsSpan(0, 1 << HashBits));
        encoder.Run();
        output.Advance(encoder._written);
        ArrayPool<int>.Shared.Return(newest);
    }

    private void Run()
    {
        WriteLength();
        var literal = 0;
        for (var at = 0; at + MinMatch <= _input.Length;)
        {
            var four = BinaryPrimitives.ReadUInt32LittleEndian(_input[at..]);
            ref var slot = ref _newest[(int)(four * 0x9E3779B1u >> (32 - HashBits))];
            var candidate = slot - 1;
            slot = at + 1;
            if (candidate < 0 || at - candidate > MaxOffset || BinaryPrimitives.ReadUInt32LittleEndian(_input[candidate..]) != four)
            {
                at++;
                continue;
            }

            var length = MinMatch + _input[(at + MinMatch)..].CommonPrefixLength(_input[(candidate + MinMatch)..]);
            WriteLiteral(_input[literal..at]);
            WriteCopies(at - candidate, length);
            literal = at += length;
        }

        WriteLiteral(_input[literal..]);
    }

    private void WriteLength()
    {
        var length = (uint)_input.Length;
        for (; length >= 0x80; length >>= 7)
            _output[_written++] = (byte)(length | 0x80);
        _output[_written++] = (byte)length;
    }

    private void WriteLiteral(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        var size = bytes.Length - 1;
        if (size < 60)
        {
            _output[_written++] = (byte)(size << 2);
        }
        else
        {
            _output[_written++] = 63 << 2; // the length follows in four bytes
            BinaryPrimitives.WriteInt32LittleEndian(_output[_written..], size);
            _written += 4;
        }

        bytes.CopyTo(_output[_written..]);
        _written += bytes.Length;
    }

    private void WriteCopies(int offset, int length)
    {
        for (; length > 0; length -= MaxCopy)
        {
            _output[_written++] = (byte)(((Math.Min(length, MaxCopy) - 1) << 2) | 2);
            BinaryPrimitives.WriteUInt16LittleEndian(_output[_written..], (ushort)offset);
            _written += 2;
        }
    }
}
