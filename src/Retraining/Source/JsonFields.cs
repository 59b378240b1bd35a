using System.Globalization;
using System.Text.Json;

namespace Retraining.Source;

/// <summary>The fields of one JSON row, read leniently (numbers as text, names as objects) and with the first fault kept.</summary>
/// <param name="asked">Gets to know what is asked for; null where nobody wants to.</param>
internal sealed class JsonFields(JsonElement row, RowFields? asked = null)
{
    /// <summary>What is found where a required field is not.</summary>
    public const string Nothing = "nothing";

    /// <summary>The first field that is missing or is not what it should be; null when all is well so far.</summary>
    public RowFault? Fault { get; private set; }

    /// <summary>A required id. UUIDs come out in lower case, so that sources agree.</summary>
    public string Id(string name)
    {
        if (!TryFind(name, out var value))
            return Fail(name, Nothing, "an id", "");
        var id = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!.Trim(),
            _ => "",
        };
        return id.Length > 0 ? RowIds.Normalise(id) : Fail(name, Show(value), "an id", "");
    }

    public string RequiredText(string name) => Text(name) ?? Fail(name, Nothing, "text", "");

    public string? Text(string name)
    {
        if (!TryFind(name, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.Number)
            return value.GetRawText();
        if (value.ValueKind is not JsonValueKind.String)
            return Fail<string?>(name, Show(value), "text", null);
        var text = value.GetString()!.Trim();
        return text.Length == 0 ? null : text;
    }

    public double? Number(string name)
    {
        if (!TryFind(name, out var value) || IsEmptyText(value))
            return null;
        if (value.ValueKind == JsonValueKind.Number)
            return value.GetDouble();
        return value.ValueKind == JsonValueKind.String
            && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : Fail<double?>(name, Show(value), "a number", null);
    }

    public int? Integer(string name, int min = int.MinValue, int max = int.MaxValue)
    {
        if (Number(name) is not { } number)
            return null;
        return number == Math.Floor(number) && number >= min && number <= max
            ? (int)number
            : Fail<int?>(name, number.ToString(CultureInfo.InvariantCulture), $"a whole number in [{min}, {max}]", null);
    }

    public DateTimeOffset RequiredDate(string name) => Date(name) ?? Fail(name, Nothing, DateText.Expected, DateTimeOffset.UnixEpoch);

    public DateTimeOffset? Date(string name)
    {
        if (!TryFind(name, out var value) || IsEmptyText(value))
            return null;
        return value.ValueKind == JsonValueKind.String && DateText.TryParse(value.GetString()!, out var date)
            ? date
            : Fail<DateTimeOffset?>(name, Show(value), DateText.Expected, null);
    }

    public bool? Flag(string name)
    {
        if (!TryFind(name, out var value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => Fail<bool?>(name, Show(value), "true or false", null),
        };
    }

    /// <summary>An array of numbers, or the same as text (<see cref="VectorText"/>). NaN stands for what is no number: the vector's fault, not the row's.</summary>
    public float[]? Vector(string name)
    {
        if (!TryFind(name, out var value) || IsEmptyText(value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().Select(number => number.ValueKind == JsonValueKind.Number ? number.GetSingle() : float.NaN)],
            JsonValueKind.String => VectorText.Parse(value.GetString()),
            _ => [float.NaN],
        };
    }

    /// <summary>Names from an array of texts or of objects with a name: distinct, in ordinal order.</summary>
    public string[] Names(string name, string otherwise, string nameField)
    {
        if (!TryFind(name, out var value) && !TryFind(otherwise, out value))
            return [];
        if (value.ValueKind != JsonValueKind.Array)
            return Fail<string[]>(name, Show(value), "an array of names", []);

        var names = new List<string>(value.GetArrayLength());
        foreach (var element in value.EnumerateArray())
        {
            var text = NameOf(element, nameField);
            if (text is null)
                return Fail<string[]>(name, Show(element), "a name or an object with a name", []);
            names.Add(text);
        }

        return NameLists.Distinct(names);
    }

    private static string? NameOf(JsonElement element, string nameField)
    {
        if (element.ValueKind == JsonValueKind.Object
            && (element.TryGetProperty("name", out var name) || element.TryGetProperty(nameField, out name)))
            element = name;
        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Null => "",
            _ => null,
        };
    }

    private bool TryFind(string name, out JsonElement value)
    {
        asked?.Ask(name);
        return row.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private static bool IsEmptyText(JsonElement value) => value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString());

    private static string Show(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 80 ? text : text[..80] + "…";
    }

    private T Fail<T>(string field, string found, string expected, T value)
    {
        if (found == Nothing)
            asked?.Miss(field);
        Fault ??= new RowFault(field, found, expected);
        return value;
    }
}
