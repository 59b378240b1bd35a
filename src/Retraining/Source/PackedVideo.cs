using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Retraining.Source;

/// <summary>
/// A <see cref="Video"/> with no object for each of its texts, which lie in one piece of memory; packed anew for each row. A text is its length in
/// four bytes, little-endian, and UTF-8, as Parquet has it; -1 alone is null. A list is the number of its texts, that of their bytes, and they.
/// </summary>
public sealed class PackedVideo
{
    public const int SingleTexts = (int)VideoText.RegionCodes, Lists = 3;

    private byte[] _texts = new byte[1 << 12];
    private int _length;
    private int _next;
    private Video? _unpacked;

    public string Id { get; private set; } = "";

    public VideoNumbers Numbers { get; set; }

    /// <inheritdoc cref="Video.TextVector"/>
    public float[]? TextVector { get; set; }

    /// <inheritdoc cref="Video.ImageVector"/>
    public float[]? ImageVector { get; set; }

    /// <summary>All of them, in the order of <see cref="VideoText"/>.</summary>
    public ReadOnlySpan<byte> Texts => _texts.AsSpan(0, _length);

    /// <summary>A bit for each <see cref="VideoText"/> that is null or an empty list.</summary>
    public int Missing { get; private set; }

    /// <summary>The same rows, packed. A row's video is valid until the next row is asked for.</summary>
    public static async IAsyncEnumerable<SourceRow<PackedVideo>> PackAsync(IAsyncEnumerable<SourceRow<Video>> videos)
    {
        var packed = new PackedVideo();
        await foreach (var row in videos)
        {
            if (row.Value is { } video)
                packed.Pack(video);
            yield return new(row.Origin, row.Row, row.Value is null ? null : packed, row.Fault);
        }
    }

    /// <summary>Starts another video; its texts are to be added in their order.</summary>
    public void Begin(string id) => (Id, _length, _next, Missing, _unpacked) = (id, 0, 0, 0, null);

    /// <summary>Adds a text, trimmed; null where nothing remains.</summary>
    /// <param name="utf8">Of a database that may hold other bytes, too; those are replaced.</param>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        var text = Trim(utf8);
        if (!Utf8.IsValid(text))
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        if (text.IsEmpty)
        {
            AddNull();
            return;
        }

        AddInt32(text.Length);
        text.CopyTo(Room(text.Length));
        _next++;
    }

    public void AddNull()
    {
        AddInt32(-1);
        Missing |= 1 << _next++;
    }

    /// <summary>Adds a list.</summary>
    /// <param name="names">As <see cref="NameLists.Distinct"/> gives them.</param>
    public void AddNames(IReadOnlyList<string> names)
    {
        AddInt32(names.Count);
        var sizeAt = _length;
        AddInt32(0);
        for (var name = 0; name < names.Count; name++)
            AddText(names[name]);
        BinaryPrimitives.WriteInt32LittleEndian(_texts.AsSpan(sizeAt), _length - sizeAt - 4);
        Missing |= names.Count == 0 ? 1 << _next : 0;
        _next++;
    }

    /// <returns>Kept values: those that were packed.</returns>
    public Video ToVideo() => _unpacked ?? new PackedTexts(Texts).ToVideo(this);

    private void Pack(Video video)
    {
        Begin(video.Id);
        foreach (var text in (ReadOnlySpan<string?>)
        [
            video.ExternalId, video.Title, video.Description, video.Maker, video.Label, video.Series, video.Director, video.Source,
            video.ProductUrl, video.ThumbnailUrl,
        ])
            AddOrNull(text);
        AddNames(video.RegionCodes);
        AddNames(video.Tags);
        AddNames(video.Performers);
        Numbers = new()
        {
            DurationSeconds = video.DurationSeconds,
            Price = video.Price,
            SafetyLevel = video.SafetyLevel,
            IsActive = video.IsActive,
            ProductReleasedAt = video.ProductReleasedAt?.ToUnixTimeMilliseconds(),
            DistributionStartedAt = video.DistributionStartedAt?.ToUnixTimeMilliseconds(),
            PublishedAt = video.PublishedAt?.ToUnixTimeMilliseconds(),
            CreatedAt = video.CreatedAt?.ToUnixTimeMilliseconds(),
        };
        (TextVector, ImageVector, _unpacked) = (video.TextVector, video.ImageVector, video);
    }

    private void AddOrNull(string? text)
    {
        if (text is null)
        {
            AddNull();
            return;
        }

        AddText(text);
        _next++;
    }

    private void AddText(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        AddInt32(length);
        Encoding.UTF8.GetBytes(text, Room(length));
    }

    private void AddInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);

    private Span<byte> Room(int length)
    {
        if (_texts.Length - _length < length)
            Array.Resize(ref _texts, checked(Math.Max(_texts.Length * 2, _length + length)));
        _length += length;
        return _texts.AsSpan(_length - length, length);
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> utf8)
    {
        while (Rune.DecodeFromUtf8(utf8, out var first, out var length) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(first))
            utf8 = utf8[length..];
        while (Rune.DecodeLastFromUtf8(utf8, out var last, out var length) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(last))
            utf8 = utf8[..^length];
        return utf8;
    }
}
