using System.Text.Json;

namespace Retraining.Host.Page;

/// <summary>A stage's result in a few words: its counts, and the size of what it wrote.</summary>
internal static class StageSummary
{
    private const int MaxCounts = 4;

    public static string CountsOf(string? json) => Read(json, root => string.Join(" · ", Counts(root).Take(MaxCounts)));

    public static string SizeOf(string? json) => Read(json, root => Bytes(root) is > 0 and var bytes ? Words.Size(bytes) : "");

    private static string Read(string? json, Func<JsonElement, string> tell)
    {
        if (json is null)
            return "";
        try
        {
            using var document = JsonDocument.Parse(json);
            return tell(document.RootElement);
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static IEnumerable<string> Counts(JsonElement root) => root.ValueKind != JsonValueKind.Object
        ? []
        : root.EnumerateObject()
            .Where(member => member.Value.ValueKind == JsonValueKind.Number && !IsSize(member.Name))
            .Select(member => $"{Words.Spaced(member.Name)} {Words.Number(member.Value.GetDouble())}");

    private static double Bytes(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Sum(member =>
            IsSize(member.Name) && member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetDouble() : Bytes(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Sum(Bytes),
        _ => 0,
    };

    private static bool IsSize(string name) => name is "sizeBytes" or "size_bytes" or "SizeBytes";
}
