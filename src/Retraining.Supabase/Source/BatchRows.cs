using System.Buffers;
using System.Text.Json;

namespace Retraining.Supabase.Source;

/// <summary>Rows of the service's batch functions, <c>{video_id | user_id, payload}</c>, as the rows of the tables that they stand for.</summary>
internal static class BatchRows
{
    /// <returns>A row of <c>videos</c> with tags and performers; the functions know neither titles nor makers.</returns>
    public static ReadOnlyMemory<byte> Video(JsonElement row) => Write(row, "video_id", "id", (payload, to) =>
    {
        foreach (var field in payload.EnumerateObject())
        {
            if (!field.NameEquals("video_id"))
                field.WriteTo(to);
        }
    });

    /// <returns>A row of <c>profiles</c>; the statistics in the payload are computed anew from the decisions.</returns>
    public static ReadOnlyMemory<byte> Profile(JsonElement row) => Write(row, "user_id", "user_id", (payload, to) =>
    {
        if (payload.TryGetProperty("profile", out var profile) && profile.ValueKind == JsonValueKind.Object && profile.TryGetProperty("created_at", out var date))
        {
            to.WritePropertyName("created_at");
            date.WriteTo(to);
        }
    });

    private static ReadOnlyMemory<byte> Write(JsonElement row, string key, string name, Action<JsonElement, Utf8JsonWriter> writeRest)
    {
        var text = new ArrayBufferWriter<byte>(512);
        using var to = new Utf8JsonWriter(text);
        to.WriteStartObject();
        if (row.TryGetProperty(key, out var id))
        {
            to.WritePropertyName(name);
            id.WriteTo(to);
        }

        if (row.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.Object)
            writeRest(payload, to);
        to.WriteEndObject();
        to.Flush();
        return text.WrittenMemory;
    }
}
