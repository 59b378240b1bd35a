using System.Text.Json;

namespace Retraining.Host.Page;

/// <summary>A stage's result in a few words: its counts and the size of what it wrote.</summary>
internal static class StageSummary
{
    private const int MaxCounts = 4;

    public static string Of(string? json)
    {
        if (json is null)
            return "";
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var parts = Counts(root).Take(MaxCounts).ToList();
            var bytes = SizeOf(root);
            if (bytes > 0)
                parts.Add(Words.Size(bytes));
            return string.Join(" · ", parts);
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

    private static double SizeOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Sum(member =>
            IsSize(member.Name) && member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetDouble() : SizeOf(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Sum(SizeOf),
        _ => 0,
    };

    private static bool IsSize(string name) => name is "sizeBytes" or "size_bytes" or "SizeBytes";
}
