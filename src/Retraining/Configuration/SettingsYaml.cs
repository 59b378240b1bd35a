using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Retraining.Configuration;

/// <summary>Writes settings as YAML, each with what its documentation says: <c>config/default.yaml</c> is this.</summary>
public static partial class SettingsYaml
{
    private const int Width = 110;

    private const string Head =
        """
        # Every setting with its default. Later layers win: this file (or --config FILE), the environment
        # (TwoTower__Training__Epochs=10), the command line. Secrets are not settings: they come from the environment only.

        """;

    public static string Write(RetrainingSettings settings)
    {
        var documentation = ReadDocumentation();
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var section in SettingsSchema.Keys.GroupBy(key => key.Section))
        {
            var type = section.First().SectionProperty.PropertyType;
            text.Append('\n');
            Comment(text, "", documentation.GetValueOrDefault($"T:{type.FullName}"));
            text.Append(section.Key).Append(":\n");
            foreach (var key in section)
            {
                Comment(text, "  ", documentation.GetValueOrDefault($"P:{type.FullName}.{key.PropertyName}"));
                text.Append(CultureInfo.InvariantCulture, $"  {key.Name}: {Value(key.Read(settings))}\n");
            }
        }

        return text.ToString();
    }

    private static Dictionary<string, string> ReadDocumentation()
    {
        var file = Path.ChangeExtension(typeof(SettingsYaml).Assembly.Location, ".xml");
        if (!File.Exists(file))
            return [];
        return XDocument.Load(file).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => Plain(member.Element("summary")!), StringComparer.Ordinal);
    }

    /// <summary>The text of a summary, with the names that it refers to.</summary>
    private static string Plain(XElement summary)
    {
        var text = string.Concat(summary.DescendantNodes().Select(node => node switch
        {
            XText words => words.Value,
            XElement { IsEmpty: true } reference => LastName(reference.Attribute("cref")?.Value ?? reference.Attribute("langword")?.Value ?? ""),
            _ => "",
        }));
        return Spaces().Replace(text, " ").Trim();
    }

    private static string LastName(string reference) => reference[(reference.LastIndexOf('.') + 1)..];

    private static void Comment(StringBuilder text, string indent, string? words)
    {
        var line = new StringBuilder();
        foreach (var word in (words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && indent.Length + line.Length + word.Length + 3 > Width)
                Flush();
            line.Append(' ').Append(word);
        }

        Flush();

        void Flush()
        {
            if (line.Length > 0)
                text.Append(indent).Append('#').Append(line).Append('\n');
            line.Clear();
        }
    }

    private static string Value(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => PlainScalar().IsMatch(text) ? text : $"\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Value))}]",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    /// <summary>A text that YAML reads as itself: no number, no word with a meaning, nothing but letters, digits and a few signs.</summary>
    [GeneratedRegex("^(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z][A-Za-z0-9_./-]*$|^[.][a-z][A-Za-z0-9_./-]*$")]
    private static partial Regex PlainScalar();
}
