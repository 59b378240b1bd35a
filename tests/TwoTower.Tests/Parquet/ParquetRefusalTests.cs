using System.Buffers;
using System.Buffers.Binary;
using TwoTower.Parquet;

namespace TwoTower.Tests.Parquet;

/// <summary>What the reader does not read, it refuses by name; what cannot be, before memory is taken for it.</summary>
public sealed class ParquetRefusalTests
{
    private static readonly ParquetLeaf Leaf = new()
    {
        Path = ["id"],
        Index = 0,
        Physical = PhysicalType.Int32,
        Kind = ParquetKind.Int,
        MaxDefinition = 0,
        MaxRepetition = 0,
    };

    [Theory]
    [InlineData(3, "LZO")]
    [InlineData(5, "LZ4")]
    [InlineData(6, "ZSTD")]
    [InlineData(7, "LZ4_RAW")]
    [InlineData(42, "codec 42")]
    public async Task ReadColumn_CodecThatIsNotRead_IsRefusedByName(int codec, string name)
    {
        var file = await WriteAsync(footer => Change(footer, chunk => chunk with { Codec = codec }));
        var reader = await ParquetReader.OpenAsync(new MemoryStream(file), default);
        var error = await Assert.ThrowsAsync<ParquetCodingException>(() => reader.ReadColumnAsync<string>("id", default));
        Assert.Equal(
            $"Parquet column id, row group 0: compressed with {name}, expected UNCOMPRESSED, SNAPPY, GZIP or BROTLI", error.Message);
    }

    [Theory]
    [InlineData(PageEncoding.BitPacked)]
    [InlineData(PageEncoding.DeltaBinaryPacked)]
    [InlineData(PageEncoding.DeltaLengthByteArray)]
    [InlineData(PageEncoding.DeltaByteArray)]
    [InlineData(PageEncoding.ByteStreamSplit)]
    [InlineData((PageEncoding)42)]
    internal void Decode_EncodingThatIsNotRead_IsRefusedByName(PageEncoding encoding)
    {
        var error = Assert.Throws<ParquetCodingException>(() => Decode(Leaf, Page(encoding, PageEncoding.Rle, [1, 0, 0, 0])));
        Assert.Equal($"test: values encoded {encoding}, expected Plain or RleDictionary", error.Message);
    }

    [Fact]
    public void Decode_PackedLevels_AreRefusedByName()
    {
        var error = Assert.Throws<ParquetCodingException>(
            () => Decode(Leaf with { MaxDefinition = 1 }, Page(PageEncoding.Plain, PageEncoding.BitPacked, [1, 1, 0, 0, 0])));
        Assert.Equal("test: levels encoded BitPacked, expected Rle", error.Message);
    }

    [Fact]
    public void Decode_PageLargerThanAllowed_IsRefusedBeforeMemoryIsTaken()
    {
        var error = Assert.Throws<InvalidDataException>(() => Decode(Leaf, Page(PageEncoding.Plain, PageEncoding.Rle, [], int.MaxValue)));
        Assert.Equal($"test: a page of {int.MaxValue} bytes uncompressed, expected 0 to {1 << 30}", error.Message);
    }

    [Fact]
    public void Lists_NullElement_IsRefused()
    {
        var element = Leaf with { MaxDefinition = 3, MaxRepetition = 1 };
        var layout = new ColumnLayout("tags", ParquetField.List("tags", ParquetType.Int32), element, 2, null);
        // One entry: repetition level 0, definition level 2, which is an element that is not there. Each a run of 1 after its length.
        var page = Page(PageEncoding.Plain, PageEncoding.Rle, [2, 0, 0, 0, 2, 0, 2, 0, 0, 0, 2, 2]);
        var chunk = new ColumnChunk { Values = 1 };
        var error = Assert.Throws<InvalidDataException>(() => ColumnAssembly.Lists<int>(layout, chunk, page, 1, "test"));
        Assert.Equal("test, row 0: a null element, expected none", error.Message);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task Open_RowsThatDoNotAddUp_AreRefused(int inFooter, int inGroup)
    {
        var file = await WriteAsync(footer => footer with
        {
            Rows = footer.Rows + inFooter,
            RowGroups = [.. footer.RowGroups.Select(group => group with { Rows = group.Rows + inGroup })],
        });
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ParquetReader.OpenAsync(new MemoryStream(file), default));
        Assert.Equal($"Parquet footer: {3 + inFooter} rows, expected the {3 + inGroup} of its row groups", error.Message);
    }

    [Fact]
    public async Task ReadColumn_RowGroupOfMoreRowsThanItsColumns_IsRefused()
    {
        var file = await WriteAsync(footer => footer with { Rows = 9, RowGroups = [footer.RowGroups[0] with { Rows = 9 }] });
        var reader = await ParquetReader.OpenAsync(new MemoryStream(file), default);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => reader.ReadColumnAsync<string>("id", default));
        Assert.Equal("Parquet column id, row group 0: 3 rows, expected 9", error.Message);
    }

    [Fact]
    public async Task Open_EncryptedFooter_IsRefusedByName()
    {
        var file = await WriteAsync(footer => footer);
        "PARE"u8.CopyTo(file.AsSpan(file.Length - 4));
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => ParquetReader.OpenAsync(new MemoryStream(file), default));
        Assert.Equal("Parquet: the file is encrypted (PARE), expected PAR1", error.Message);
    }

    [Fact]
    public async Task ReadColumn_EncryptedColumns_AreRefusedByName()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Parquet", "files", "encrypted-columns.parquet"));
        var reader = await ParquetReader.OpenAsync(file, default);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => reader.ReadColumnAsync<string?>("user_id", default));
        Assert.Equal("Parquet column user_id, row group 0: encrypted, expected values in the clear", error.Message);
    }

    private static void Decode(ParquetLeaf leaf, byte[] pages) =>
        new ChunkDecoder<int>(leaf, new ColumnChunk { Values = 1 }, "test").Decode(pages);

    /// <summary>A data page of one entry, uncompressed.</summary>
    private static byte[] Page(PageEncoding values, PageEncoding levels, byte[] body, int? uncompressed = null)
    {
        var page = new ArrayBufferWriter<byte>();
        var header = new CompactWriter(page);
        header.Int32(1, PageHeader.Data);
        header.Int32(2, uncompressed ?? body.Length);
        header.Int32(3, body.Length);
        header.Begin(5);
        header.Int32(1, 1);
        header.Int32(2, (int)values);
        header.Int32(3, (int)levels);
        header.Int32(4, (int)levels);
        header.End();
        header.End();
        page.Write(body);
        return page.WrittenSpan.ToArray();
    }

    private static FileMetadata Change(FileMetadata footer, Func<ColumnChunk, ColumnChunk> change) =>
        footer with { RowGroups = [.. footer.RowGroups.Select(group => group with { Columns = [.. group.Columns.Select(change)] })] };

    /// <summary>A file of three rows with another footer.</summary>
    private static async Task<byte[]> WriteAsync(Func<FileMetadata, FileMetadata> change)
    {
        using var stream = new MemoryStream();
        var writer = await ParquetWriter.CreateAsync(stream, new ParquetSchema(ParquetField.Required("id", ParquetType.String)), default);
        await writer.WriteRowGroupAsync([new[] { "a", "b", "c" }], default);
        await writer.CompleteAsync(default);
        var file = stream.ToArray();

        var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));
        var start = file.Length - 8 - length;
        var footer = new ArrayBufferWriter<byte>();
        change(new FooterParser(file.AsSpan(start, length)).Parse()).Write(new CompactWriter(footer));
        var tail = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tail, footer.WrittenCount);
        "PAR1"u8.CopyTo(tail.AsSpan(4));
        return [.. file.AsSpan(0, start), .. footer.WrittenSpan, .. tail];
    }
}
