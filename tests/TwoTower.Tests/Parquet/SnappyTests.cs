using System.Buffers;
using TwoTower.Parquet;

namespace TwoTower.Tests.Parquet;

public sealed class SnappyTests
{
    [Fact]
    public void Decompress_LiteralAndOverlappingCopy_GivesTheRun()
    {
        // 8 bytes: literal of 2 ("ab", tag (2 - 1) << 2), then a copy of 6 from 2 back: tag 1 | (6 - 4) << 2, offset 2
        byte[] block = [8, 4, (byte)'a', (byte)'b', 9, 2];
        var output = new byte[8];
        Snappy.Decompress(block, output, "test");
        Assert.Equal("abababab"u8.ToArray(), output);
    }

    [Theory]
    [InlineData(0, 256)]
    [InlineData(3, 256)]
    [InlineData(61, 2)] // runs
    [InlineData(1_000, 256)] // does not shrink
    [InlineData(300_000, 3)] // further back than a copy reaches
    public void Compress_AnyBytes_ComeBack(int length, int distinct)
    {
        var random = new Random(length);
        var bytes = Enumerable.Range(0, length).Select(_ => (byte)random.Next(distinct)).ToArray();
        var block = new ArrayBufferWriter<byte>();
        SnappyEncoder.Compress(bytes, block);
        var output = new byte[length];
        Snappy.Decompress(block.WrittenSpan, output, "test");
        Assert.Equal(bytes, output);
        Assert.True(length < 1_000 || distinct > 100 || block.WrittenCount < 0.75 * length, $"{length} bytes became {block.WrittenCount}");
    }

    [Theory]
    [InlineData(new byte[] { 8, 4, 97, 98, 9, 3 })] // copy from before the start
    [InlineData(new byte[] { 8, 4, 97, 98, 9, 0 })] // copy from 0 back
    [InlineData(new byte[] { 8, 40, 97, 98 })] // literal longer than the block
    [InlineData(new byte[] { 8, 4, 97, 98, 21, 2 })] // copy longer than the output
    [InlineData(new byte[] { 8, 4, 97, 98 })] // too little
    [InlineData(new byte[] { 9, 4, 97, 98, 9, 2 })] // another length than the page header says
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[0])]
    public void Decompress_BrokenBlock_IsRefused(byte[] block) =>
        Assert.Throws<InvalidDataException>(() => Snappy.Decompress(block, new byte[8], "test"));
}
