using System.Text.Json;
using System.Text.Json.Nodes;

namespace Retraining.Cli.Steps;

/// <summary>Combinations of training settings to try.</summary>
internal static class TuningGrid
{
    private const string Section = "training.";

    /// <summary>The settings in force first, then combinations of the grid in an order that the seed decides, none twice.</summary>
    /// <param name="grid">Each <c>training.key=value,value</c>.</param>
    /// <param name="most">Most combinations, those in force included.</param>
    /// <exception cref="UsageException">An entry has another shape.</exception>
    public static IReadOnlyList<IReadOnlyList<SettingChange>> Draw(IReadOnlyList<string> grid, int most, int seed)
    {
        List<List<SettingChange>> all = [[]];
        foreach (var (key, values) in grid.Select(Parse))
            all = [.. all.SelectMany(changes => values.Select(value => changes.Append(new SettingChange(key, value)).ToList()))];

        var order = all.ToArray();
        new Random(seed).Shuffle(order);
        return [[], .. order.Take(most - 1)];
    }

    /// <summary>As the body of a request would override settings.</summary>
    public static JsonElement? Overrides(IReadOnlyList<SettingChange> changes)
    {
        var training = new JsonObject();
        foreach (var change in changes)
            training[change.Key[Section.Length..]] = Literal(change.Value);
        return changes.Count == 0 ? null : JsonSerializer.SerializeToElement(new JsonObject { ["training"] = training });
    }

    public static string Text(IReadOnlyList<SettingChange> changes) =>
        changes.Count == 0 ? "in force" : string.Join(" ", changes.Select(change => $"{change.Key[Section.Length..]}={change.Value}"));

    private static (string Key, string[] Values) Parse(string entry)
    {
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        var values = equals < 0 ? [] : entry[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return values.Length > 0 && entry.StartsWith(Section, StringComparison.Ordinal)
            ? (entry[..equals], values)
            : throw new UsageException($"--try {entry}, expected training.KEY=VALUE,VALUE such as training.learning_rate=0.001,0.002");
    }

    private static JsonNode Literal(string value)
    {
        try
        {
            return JsonNode.Parse(value) is JsonValue literal ? literal : value;
        }
        catch (JsonException)
        {
            return value;
        }
    }
}
