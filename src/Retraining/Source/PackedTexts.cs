using System.Buffers.Binary;
using System.Text;

namespace Retraining.Source;

/// <summary>Takes the texts of a <see cref="PackedVideo"/> one after another.</summary>
internal ref struct PackedTexts(ReadOnlySpan<byte> texts)
{
    private ReadOnlySpan<byte> _rest = texts;

    /// <returns>A text with its length before it; empty for null.</returns>
    public ReadOnlySpan<byte> Next()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        var text = length < 0 ? default : _rest[..(4 + length)];
        _rest = _rest[(4 + Math.Max(0, length))..];
        return text;
    }

    /// <param name="count">How many texts the list has.</param>
    /// <returns>Each of them with its length before it.</returns>
    public ReadOnlySpan<byte> NextList(out int count)
    {
        count = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        var list = _rest.Slice(8, BinaryPrimitives.ReadInt32LittleEndian(_rest[4..]));
        _rest = _rest[(8 + list.Length)..];
        return list;
    }

    /// <param name="packed">Has these texts, all of them.</param>
    public Video ToVideo(PackedVideo packed) => new()
    {
        Id = packed.Id,
        ExternalId = Text(),
        Title = Text(),
        Description = Text(),
        Maker = Text(),
        Label = Text(),
        Series = Text(),
        Director = Text(),
        Source = Text(),
        ProductUrl = Text(),
        ThumbnailUrl = Text(),
        RegionCodes = Names(),
        Tags = Names(),
        Performers = Names(),
        DurationSeconds = packed.Numbers.DurationSeconds,
        Price = packed.Numbers.Price,
        SafetyLevel = packed.Numbers.SafetyLevel,
        IsActive = packed.Numbers.IsActive,
        ProductReleasedAt = Date(packed.Numbers.ProductReleasedAt),
        DistributionStartedAt = Date(packed.Numbers.DistributionStartedAt),
        PublishedAt = Date(packed.Numbers.PublishedAt),
        CreatedAt = Date(packed.Numbers.CreatedAt),
        TextVector = packed.TextVector,
        ImageVector = packed.ImageVector,
    };

    private string? Text() => Next() is { IsEmpty: false } text ? Encoding.UTF8.GetString(text[4..]) : null;

    private string[] Names()
    {
        var list = new PackedTexts(NextList(out var count));
        var names = new string[count];
        for (var name = 0; name < count; name++)
            names[name] = list.Text()!;
        return names;
    }

    private static DateTimeOffset? Date(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
