using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Unicode;
using TwoTower.Parquet;

namespace Retraining.Source;

/// <summary>Writes values of Parquet as JSON exports of the same rows have them: dates as ISO text, UUIDs as text, decimals as numbers.</summary>
internal static class LeafText
{
    private const long JulianEpoch = 2_440_588; // the Julian day of 1970-01-01

    /// <summary>Writes the value at an index.</summary>
    public delegate void Write(Utf8JsonWriter to, int index);

    /// <exception cref="NotSupportedException">Values of this kind are no field of a row.</exception>
    public static Write Of(ParquetLeaf leaf, ParquetEntries entries) => (leaf.Kind, entries) switch
    {
        (_, ParquetEntries<bool> e) => (to, i) => to.WriteBooleanValue(e.Values[i]),
        (ParquetKind.UnsignedInt, ParquetEntries<int> e) => (to, i) => to.WriteNumberValue((uint)e.Values[i]),
        (ParquetKind.UnsignedInt, ParquetEntries<long> e) => (to, i) => to.WriteNumberValue((ulong)e.Values[i]),
        (ParquetKind.Date, ParquetEntries<int> e) => (to, i) => WriteDate(to, e.Values[i]),
        (_, ParquetEntries<int> e) => Of(leaf, i => e.Values[i]),
        (_, ParquetEntries<long> e) => Of(leaf, i => e.Values[i]),
        (_, ParquetEntries<float> e) => (to, i) => WriteNumber(to, e.Values[i]),
        (_, ParquetEntries<double> e) => (to, i) => WriteNumber(to, e.Values[i]),
        (_, ParquetEntries<DateTime> e) => (to, i) => to.WriteStringValue(DateTime.SpecifyKind(e.Values[i], DateTimeKind.Utc)),
        (_, ParquetEntries<ReadOnlyMemory<char>> e) => (to, i) => to.WriteStringValue(e.Values[i].Span),
        (_, ParquetEntries<ReadOnlyMemory<byte>> e) => OfBytes(leaf, i => e.Values[i].Span),
        _ => throw Refused(leaf),
    };

    private static Write Of(ParquetLeaf leaf, Func<int, long> value) => leaf.Kind switch
    {
        ParquetKind.Int => (to, i) => to.WriteNumberValue(value(i)),
        ParquetKind.Decimal => (to, i) => WriteDecimal(to, value(i), leaf.Scale),
        ParquetKind.Timestamp => (to, i) => WriteTimestamp(to, value(i), leaf.TimestampDigits),
        _ => throw Refused(leaf),
    };

    private static Write OfBytes(ParquetLeaf leaf, Bytes value) => leaf.Kind switch
    {
        ParquetKind.Text or ParquetKind.Bytes => (to, i) => WriteText(to, value(i)),
        ParquetKind.Uuid => (to, i) => to.WriteStringValue(new Guid(value(i), bigEndian: true)),
        ParquetKind.Decimal => (to, i) => WriteDecimal(to, new BigInteger(value(i), isUnsigned: false, isBigEndian: true), leaf.Scale),
        ParquetKind.Float16 => (to, i) => WriteNumber(to, (float)BinaryPrimitives.ReadHalfLittleEndian(value(i))),
        ParquetKind.Timestamp => (to, i) => WriteJulian(to, value(i)),
        _ => throw Refused(leaf),
    };

    private static void WriteDate(Utf8JsonWriter to, int days)
    {
        var number = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + (long)days;
        if (number >= 0 && number <= DateOnly.MaxValue.DayNumber)
            to.WriteStringValue(DateOnly.FromDayNumber((int)number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        else
            to.WriteNumberValue(days); // no date, which is the row's fault and is found with the field
    }

    private static void WriteTimestamp(Utf8JsonWriter to, long units, int digits)
    {
        Int128 ticks = digits switch
        {
            0 => (Int128)units * TimeSpan.TicksPerMillisecond,
            3 => (Int128)units * TimeSpan.TicksPerMicrosecond,
            _ => Math.DivRem(units, 100) is var (whole, rest) && rest < 0 ? whole - 1 : whole,
        };
        WriteTicks(to, ticks, units);
    }

    private static void WriteJulian(Utf8JsonWriter to, ReadOnlySpan<byte> value)
    {
        var day = BinaryPrimitives.ReadInt32LittleEndian(value[8..]);
        WriteTicks(to, ((Int128)(day - JulianEpoch) * TimeSpan.TicksPerDay) + (BinaryPrimitives.ReadInt64LittleEndian(value) / 100), day);
    }

    private static void WriteTicks(Utf8JsonWriter to, Int128 sinceEpoch, long otherwise)
    {
        var ticks = DateTime.UnixEpoch.Ticks + sinceEpoch;
        if (ticks >= 0 && ticks <= DateTime.MaxValue.Ticks)
            to.WriteStringValue(new DateTime((long)ticks, DateTimeKind.Utc));
        else
            to.WriteNumberValue(otherwise);
    }

    private static void WriteDecimal(Utf8JsonWriter to, BigInteger value, int scale)
    {
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var point = digits.Length - scale;
        var sign = value.Sign < 0 ? "-" : "";
        to.WriteRawValue($"{sign}{digits[..point]}{(scale > 0 ? "." : "")}{digits[point..]}", skipInputValidation: true);
    }

    private static void WriteNumber(Utf8JsonWriter to, double value)
    {
        if (double.IsFinite(value))
            to.WriteNumberValue(value);
        else
            to.WriteStringValue(value.ToString(CultureInfo.InvariantCulture)); // as a bare NaN in JSON is read
    }

    private static void WriteNumber(Utf8JsonWriter to, float value)
    {
        if (float.IsFinite(value))
            to.WriteNumberValue(value);
        else
            WriteNumber(to, (double)value);
    }

    private static void WriteText(Utf8JsonWriter to, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
            to.WriteStringValue(text);
        else
            WriteBroken(to, text);
    }

    /// <summary>Hands bytes that are no UTF-8 on as they are, so that the row is found bad for the same reason as in a JSON file.</summary>
    private static void WriteBroken(Utf8JsonWriter to, ReadOnlySpan<byte> text)
    {
        byte[] quoted = [(byte)'"', .. text, (byte)'"'];
        foreach (ref var character in quoted.AsSpan(1, text.Length))
        {
            if (character is < 0x20 or (byte)'"' or (byte)'\\')
                character = (byte)'?';
        }

        to.WriteRawValue(quoted, skipInputValidation: true);
    }

    private static NotSupportedException Refused(ParquetLeaf leaf) =>
        new($"Parquet column {leaf.Name}: {leaf.Physical} that holds {leaf.Kind}, expected text, a number, a date, a UUID or a bool");

    private delegate ReadOnlySpan<byte> Bytes(int index);
}
