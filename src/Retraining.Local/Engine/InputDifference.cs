using System.Text.Json;

namespace Retraining.Local.Engine;

/// <summary>Says where two inputs of a stage differ.</summary>
internal static class InputDifference
{
    private const int MaxText = 60;
    private const int MaxNames = 8;

    /// <param name="recorded">As the journal has it.</param>
    /// <param name="today">The same as today's types read it: without members that are gone, with those that are new.</param>
    /// <param name="asked">As the definition asks now.</param>
    /// <returns>Such as <c>training.epochs 20, training.warmUp 5</c> and <c>training.epochs 9, no training.warmUp any more</c>.</returns>
    public static (string Recorded, string Asked) Of(JsonElement recorded, JsonElement today, JsonElement asked)
    {
        var changed = Find("", today, asked).ToList();
        var gone = Find("", recorded, today).Where(difference => difference.Now.ValueKind == JsonValueKind.Undefined).ToList();
        return (
            Told([.. changed.Select(one => Told(one.Path, one.Before)), .. gone.Select(one => Told(one.Path, one.Before))]),
            Told([.. changed.Select(one => Told(one.Path, one.Now)), .. gone.Select(one => $"no {one.Path} any more")]));
    }

    private static IEnumerable<(string Path, JsonElement Before, JsonElement Now)> Find(string path, JsonElement before, JsonElement now)
    {
        if (before.ValueKind == now.ValueKind && JsonElement.DeepEquals(before, now))
            return [];
        return (before.ValueKind, now.ValueKind) switch
        {
            (JsonValueKind.Object, JsonValueKind.Object) => before.EnumerateObject().Select(member => member.Name)
                .Union(now.EnumerateObject().Select(member => member.Name), StringComparer.Ordinal)
                .SelectMany(name => Find(path.Length == 0 ? name : $"{path}.{name}", Member(before, name), Member(now, name))),
            (JsonValueKind.Array, JsonValueKind.Array) when before.GetArrayLength() == now.GetArrayLength() =>
                before.EnumerateArray().Zip(now.EnumerateArray())
                    .SelectMany((pair, index) => Find($"{path}[{index}]", pair.First, pair.Second)),
            _ => [(path.Length == 0 ? "value" : path, before, now)],
        };
    }

    private static JsonElement Member(JsonElement parent, string name) => parent.TryGetProperty(name, out var member) ? member : default;

    private static string Told(string path, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            return $"no {path}";
        var text = value.GetRawText();
        return $"{path} {(text.Length <= MaxText ? text : text[..MaxText] + "…")}";
    }

    private static string Told(IReadOnlyList<string> differences) => differences.Count switch
    {
        0 => "another shape",
        <= MaxNames => string.Join(", ", differences),
        _ => $"{string.Join(", ", differences.Take(MaxNames))} and {differences.Count - MaxNames} more",
    };
}
