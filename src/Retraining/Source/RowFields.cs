using System.Text.Json;

namespace Retraining.Source;

/// <summary>Which fields the rows of a table have: what <see cref="JsonRow"/> asks for.</summary>
internal sealed class RowFields
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _required = new(StringComparer.Ordinal);

    /// <summary>Every field that is looked for.</summary>
    public IReadOnlySet<string> Known => _known;

    /// <summary>Those without which a row cannot be read.</summary>
    public IReadOnlySet<string> Required => _required;

    public static RowFields Of<T>(Func<JsonFields, T> map)
    {
        var fields = new RowFields();
        using var nothing = JsonDocument.Parse("{}");
        map(new JsonFields(nothing.RootElement, fields));
        return fields;
    }

    public void Ask(string name) => _known.Add(name);

    public void Miss(string name) => _required.Add(name);
}
