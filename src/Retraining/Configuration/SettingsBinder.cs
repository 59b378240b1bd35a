using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Retraining.Configuration;

/// <summary>Lays values over the defaults, later ones over earlier ones, and checks each.</summary>
public static class SettingsBinder
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <exception cref="SettingsException">Some key or value cannot be used; the message has a line for each.</exception>
    public static RetrainingSettings Bind(IEnumerable<SettingValue> values)
    {
        var root = new JsonObject();
        var faults = new List<string>();
        var origins = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            if (SettingsSchema.Find(value.Key) is not { } key)
                faults.Add(Unknown(value));
            else if (!TryConvert(key, value, out var node))
                faults.Add(Unusable(key, value));
            else
            {
                Section(root, key)[key.Name] = node;
                origins[key.Path] = value;
            }
        }

        if (faults.Count > 0)
            throw new SettingsException(faults);

        var settings = root.Deserialize<RetrainingSettings>(Json)!;
        foreach (var (path, value) in origins)
        {
            var key = SettingsSchema.Find(path)!;
            if (!key.IsValid(key.Read(settings)))
                faults.Add(Unusable(key, value));
        }

        return faults.Count == 0 ? settings : throw new SettingsException(faults);
    }

    private static JsonObject Section(JsonObject root, SettingKey key)
    {
        if (root[key.Section] is JsonObject section)
            return section;
        root[key.Section] = section = [];
        return section;
    }

    private static bool TryConvert(SettingKey key, SettingValue value, out JsonNode? node)
    {
        node = null;
        if (key.IsList != value.Items is not null)
            return value.Items is null && value.Scalar is null && key.AllowsNull;
        if (!key.IsList)
            return value.Scalar is null ? key.AllowsNull : TryConvert(key.ItemType, value.Scalar, out node);

        var list = new JsonArray();
        foreach (var item in value.Items!)
        {
            if (!TryConvert(key.ItemType, item, out var entry))
                return false;
            list.Add(entry);
        }

        node = list;
        return true;
    }

    private static bool TryConvert(Type type, string text, out JsonNode? node)
    {
        node = null;
        if (type == typeof(string) || (type == typeof(DateOnly) && DateOnly.TryParseExact(text, "yyyy-MM-dd", out _)))
            node = JsonValue.Create(text);
        else if (type == typeof(bool) && bool.TryParse(text, out var flag))
            node = JsonValue.Create(flag);
        else if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            node = JsonValue.Create(whole);
        else if (type == typeof(long) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large))
            node = JsonValue.Create(large);
        else if ((type == typeof(double) || type == typeof(float))
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            node = JsonValue.Create(number);
        return node is not null;
    }

    private static string Unknown(SettingValue value)
    {
        var nearest = SettingsSchema.Nearest(value.Key);
        return $"{value.Key}: {value.Found} ({value.Origin}), expected a setting that exists; did you mean {nearest.Path}?";
    }

    private static string Unusable(SettingKey key, SettingValue value) => $"{key.Path}: {value.Found} ({value.Origin}), expected {key.Expected}";
}
