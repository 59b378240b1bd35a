using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retraining.Source;
using TwoTower.Parquet;

namespace Retraining.Tests.Source;

/// <summary>Values of Parquet as the JSON of the same row has them.</summary>
public sealed class LeafTextTests
{
    [Theory]
    [InlineData(ParquetKind.Int, -7L, "-7")]
    [InlineData(ParquetKind.UnsignedInt, -1L, "18446744073709551615")]
    [InlineData(ParquetKind.Timestamp, 1_767_225_600_250L, "\"2026-01-01T00:00:00.25Z\"")]
    [InlineData(ParquetKind.Timestamp, 253_402_300_800_000L, "253402300800000")] // the year 10000
    [InlineData(ParquetKind.Timestamp, long.MinValue, "-9223372036854775808")]
    public void Write_Longs_AreWhatTheyStandFor(ParquetKind kind, long value, string expected) =>
        Assert.Equal(expected, Written(Leaf(kind), new ParquetEntries<long>([value], null, null)));

    [Theory]
    [InlineData(3, 1_767_225_600_250_001L, "\"2026-01-01T00:00:00.250001Z\"")]
    [InlineData(6, 1_767_225_600_250_000_199L, "\"2026-01-01T00:00:00.2500001Z\"")]
    [InlineData(6, -1L, "\"1969-12-31T23:59:59.9999999Z\"")] // down, not towards zero
    [InlineData(6, long.MaxValue, "\"2262-04-11T23:47:16.8547758Z\"")]
    [InlineData(3, long.MaxValue, "9223372036854775807")] // how some writers put infinity
    public void Write_FinerTimestamps_KeepTheirDigits(int digits, long value, string expected)
    {
        var leaf = Leaf(ParquetKind.Timestamp) with { TimestampDigits = digits };
        Assert.Equal(expected, Written(leaf, new ParquetEntries<long>([value], null, null)));
    }

    [Theory]
    [InlineData(ParquetKind.UnsignedInt, -1, "4294967295")]
    [InlineData(ParquetKind.Date, -1, "\"1969-12-31\"")]
    [InlineData(ParquetKind.Date, -719_162, "\"0001-01-01\"")]
    [InlineData(ParquetKind.Date, 2_932_897, "2932897")] // the year 10000
    public void Write_Ints_AreWhatTheyStandFor(ParquetKind kind, int value, string expected) =>
        Assert.Equal(expected, Written(Leaf(kind), new ParquetEntries<int>([value], null, null)));

    [Theory]
    [InlineData(0, 1980, "1980")]
    [InlineData(2, 198_050, "1980.50")]
    [InlineData(3, -5, "-0.005")]
    [InlineData(3, 0, "0.000")]
    public void Write_Decimals_HaveTheirPoint(int scale, int value, string expected)
    {
        var leaf = Leaf(ParquetKind.Decimal) with { Scale = scale };
        byte[] bytes = [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
        Assert.Equal(expected, Written(leaf, new ParquetEntries<int>([value], null, null)));
        Assert.Equal(expected, Written(leaf, new ParquetEntries<long>([value], null, null)));
        Assert.Equal(expected, Written(leaf, new ParquetEntries<ReadOnlyMemory<byte>>([bytes], null, null)));
    }

    [Theory]
    [InlineData(ParquetKind.Uuid, "00112233445566778899aabbccddeeff", "\"00112233-4455-6677-8899-aabbccddeeff\"")]
    [InlineData(ParquetKind.Float16, "003c", "1")]
    [InlineData(ParquetKind.Float16, "007e", "\"NaN\"")]
    [InlineData(ParquetKind.Text, "e5a48f", "\"夏\"")]
    [InlineData(ParquetKind.Timestamp, "0000000000000000 8c3d2500", "\"1970-01-01T00:00:00Z\"")] // day 2,440,588 of Julius Scaliger's count
    [InlineData(ParquetKind.Timestamp, "0000000000000000 ffffff7f", "2147483647")]
    public void Write_Bytes_AreWhatTheyStandFor(ParquetKind kind, string hex, string expected)
    {
        ReadOnlyMemory<byte> bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(expected, Written(Leaf(kind), new ParquetEntries<ReadOnlyMemory<byte>>([bytes], null, null)));
    }

    [Fact]
    public void Write_Floats_AreAsShortAsTheyCanBe()
    {
        Assert.Equal("19.99", Written(Leaf(ParquetKind.Float), new ParquetEntries<float>([19.99f], null, null)));
        Assert.Equal("\"-Infinity\"", Written(Leaf(ParquetKind.Float), new ParquetEntries<float>([float.NegativeInfinity], null, null)));
    }

    private static ParquetLeaf Leaf(ParquetKind kind) => new()
    {
        Path = ["x"],
        Index = 0,
        Physical = PhysicalType.Int64,
        Kind = kind,
        MaxDefinition = 0,
        MaxRepetition = 0,
    };

    private static string Written(ParquetLeaf leaf, ParquetEntries entries)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            LeafText.Of(leaf, entries)(json, 0);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
