using System.Text.RegularExpressions;

namespace Retraining.Tests.Infrastructure;

/// <summary>What one Bicep file declares and uses, read without a compiler: enough to hold it against other files.</summary>
internal sealed partial class BicepFile
{
    private readonly string _text;

    private BicepFile(string path)
    {
        Path = path;
        _text = Comments().Replace(File.ReadAllText(path), "");
    }

    public string Path { get; }

    public static BicepFile Read(string path) => new(System.IO.Path.GetFullPath(path));

    /// <summary>Names of parameters, and whether a caller may leave them out.</summary>
    public IReadOnlyDictionary<string, bool> Parameters =>
        ParameterLine().Matches(_text).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["default"].Success);

    public IReadOnlyList<string> Outputs => [.. OutputLine().Matches(_text).Select(match => match.Groups[1].Value)];

    /// <summary>Files of the modules it uses.</summary>
    public IEnumerable<string> Modules => ModuleLine().Matches(_text)
        .Select(match => System.IO.Path.GetFullPath(match.Groups[1].Value, System.IO.Path.GetDirectoryName(Path)!));

    /// <summary>Names of the settings in an object literal that is assigned to <paramref name="name"/>.</summary>
    public IReadOnlyList<string> MembersOf(string name)
    {
        var start = Regex.Match(_text, $@"\b{name}\b[^\n{{]*\{{");
        if (!start.Success)
            return [];
        var block = BlockAt(_text, start.Index + start.Length - 1);
        var depth = 0;
        var members = new List<string>();
        foreach (var line in block[1..^1].Split('\n'))
        {
            if (depth == 0 && Member().Match(line) is { Success: true } member)
                members.Add(member.Groups[1].Value);
            depth += line.Count("{[(".Contains) - line.Count("}])".Contains);
        }

        return members;
    }

    private static string BlockAt(string text, int brace)
    {
        var depth = 0;
        for (var i = brace; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return text[brace..(i + 1)];
        }

        throw new FormatException($"a block at {brace} is never closed");
    }

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^param (?<name>\w+) \w+(?<default> =)?", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^output (\w+) ", RegexOptions.Multiline)]
    private static partial Regex OutputLine();

    [GeneratedRegex(@"^module \w+ '([^']+)' =", RegexOptions.Multiline)]
    private static partial Regex ModuleLine();

    [GeneratedRegex(@"^\s*(\w+):")]
    private static partial Regex Member();
}
