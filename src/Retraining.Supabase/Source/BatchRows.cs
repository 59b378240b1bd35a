using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Retraining.Source;

namespace Retraining.Supabase.Source;

/// <summary>Rows of the service's batch functions, <c>{video_id | user_id, payload}</c>, as rows of the tables that they stand for.</summary>
internal static class BatchRows
{
    /// <returns>A video with tags and performers; the functions know neither titles nor makers.</returns>
    public static SourceRow<Video> Video(string function, long number, ScannedRow row) =>
        Read(function, number, row, "video_id", "id", JsonRow.Video, (payload, to) =>
        {
            foreach (var field in payload.EnumerateObject())
            {
                if (!field.NameEquals("video_id") && !field.NameEquals("id"))
                    Write(to, JsonMarshal.GetRawUtf8PropertyName(field), field.Value);
            }

            return null;
        });

    /// <returns>A profile; the statistics in the payload are computed anew from the decisions.</returns>
    public static SourceRow<Profile> Profile(string function, long number, ScannedRow row) =>
        Read(function, number, row, "user_id", "user_id", JsonRow.Profile, (payload, to) =>
        {
            if (!payload.TryGetProperty("profile", out var profile) || profile.ValueKind == JsonValueKind.Null)
                return null;
            if (profile.ValueKind != JsonValueKind.Object)
                return NoObject("profile", profile);
            if (profile.TryGetProperty("created_at", out var date))
                Write(to, "created_at"u8, date);
            return null;
        });

    private static SourceRow<T> Read<T>(
        string function, long number, ScannedRow row, string key, string name, Func<JsonFields, T> map,
        Func<JsonElement, IBufferWriter<byte>, RowFault?> copy)
        where T : class
    {
        if (row.IsCut)
            return JsonRow.Read(function, number, row, map);
        var text = new ArrayBufferWriter<byte>(512);
        using (var document = JsonDocument.Parse(row.Text))
        {
            text.Write("{\"\":null"u8);
            if (document.RootElement.TryGetProperty(key, out var id))
                Write(text, Encoding.UTF8.GetBytes(name), id);
            var fault = !document.RootElement.TryGetProperty("payload", out var payload) ? new RowFault("payload", "nothing", "an object")
                : payload.ValueKind != JsonValueKind.Object ? NoObject("payload", payload)
                : copy(payload, text);
            text.Write("}"u8);
            if (fault is not null)
                return new(function, number, null, fault with { Raw = Encoding.UTF8.GetString(row.Text.Span) });
        }

        var read = JsonRow.Read(function, number, new ScannedRow(text.WrittenMemory, IsCut: false), map);
        return read.Fault is not { } found ? read : read with
        {
            Fault = found with { Field = found.Field == name ? key : found.Field, Raw = Encoding.UTF8.GetString(row.Text.Span) },
        };
    }

    /// <summary>As it came, byte for byte: whether it is text at all shows when it is read.</summary>
    private static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> name, JsonElement value)
    {
        to.Write(",\""u8);
        to.Write(name);
        to.Write("\":"u8);
        to.Write(JsonMarshal.GetRawUtf8Value(value));
    }

    private static RowFault NoObject(string field, JsonElement found)
    {
        var text = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(found));
        return new(field, text.Length <= 80 ? text : text[..80] + "…", "an object");
    }
}
