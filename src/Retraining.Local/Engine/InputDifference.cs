using System.Text.Json;

namespace Retraining.Local.Engine;

/// <summary>Says where two inputs of a stage differ first.</summary>
internal static class InputDifference
{
    private const int MaxText = 60;

    /// <returns>Such as <c>input training.embeddingDim 128, now 64</c>.</returns>
    public static string Of(JsonElement recorded, JsonElement asked) => Find("", recorded, asked) ?? "input of another shape";

    private static string? Find(string path, JsonElement recorded, JsonElement asked)
    {
        if (JsonElement.DeepEquals(recorded, asked))
            return null;
        if (recorded.ValueKind != JsonValueKind.Object || asked.ValueKind != JsonValueKind.Object)
            return $"input {path.TrimStart('.')} {Short(recorded)}, now {Short(asked)}";
        foreach (var member in recorded.EnumerateObject())
        {
            if (!asked.TryGetProperty(member.Name, out var now))
                return $"input {$"{path}.{member.Name}".TrimStart('.')} {Short(member.Value)}, now nothing";
            if (Find($"{path}.{member.Name}", member.Value, now) is { } difference)
                return difference;
        }

        return null;
    }

    private static string Short(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= MaxText ? text : text[..MaxText] + "…";
    }
}
