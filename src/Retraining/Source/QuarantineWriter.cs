using System.Buffers;
using System.Text.Json;

namespace Retraining.Source;

/// <summary>Puts bad rows aside, one JSON object a line, and counts them by reason.</summary>
/// <param name="output">Gets the lines; stays open.</param>
/// <param name="showRows">Whether the row itself is written; false where it holds user ids that must not be.</param>
public sealed class QuarantineWriter(Stream output, bool showRows)
{
    private const int FlushBytes = 1 << 16;

    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly SortedDictionary<(string File, string Field, string Expected), long> _reasons = [];

    public long Count { get; private set; }

    public IReadOnlyList<QuarantineReason> Reasons =>
        [.. _reasons.Select(r => new QuarantineReason(r.Key.File, r.Key.Field, r.Key.Expected, r.Value))];

    /// <summary>The first row put aside, as a sentence; null when there is none.</summary>
    public string? First { get; private set; }

    public async ValueTask AddAsync<T>(SourceRow<T> row, RowFault fault, bool holdsUserIds, CancellationToken cancellationToken)
        where T : class
    {
        var hidden = holdsUserIds && !showRows;
        var found = hidden && fault.Field is "user_id" or "reviewer_id" or "row" ? "(hidden)" : fault.Found;
        var content = hidden ? null : fault.Raw ?? (row.Value is null ? null : JsonSerializer.Serialize(row.Value, RowJson.Line));

        _pending.Write(JsonSerializer.SerializeToUtf8Bytes(
            new Entry(row.Origin, row.Row, fault.Field, found, fault.Expected, Readable(content)), RowJson.Line));
        _pending.Write("\n"u8);
        First ??= $"{row.Origin}, row {row.Row}, field {fault.Field}: found {found}, expected {fault.Expected}";
        var key = (row.Origin, fault.Field, fault.Expected);
        _reasons[key] = _reasons.GetValueOrDefault(key) + 1;
        Count++;
        if (_pending.WrittenCount > FlushBytes)
            await FlushAsync(cancellationToken);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await output.WriteAsync(_pending.WrittenMemory, cancellationToken);
        _pending.ResetWrittenCount();
    }

    /// <summary>The row as JSON, or as text where it is none.</summary>
    private static object? Readable(string? content)
    {
        if (content is null)
            return null;
        try
        {
            var json = JsonSerializer.Deserialize<JsonElement>(content);
            _ = JsonSerializer.SerializeToUtf8Bytes(json); // half a surrogate pair is JSON, but cannot be written
            return json;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return content;
        }
    }

    private sealed record Entry(string File, long Row, string Field, string Found, string Expected, object? Content);
}
