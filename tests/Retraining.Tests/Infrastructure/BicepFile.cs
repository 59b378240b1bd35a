using System.Text.RegularExpressions;

namespace Retraining.Tests.Infrastructure;

/// <summary>What one Bicep file declares and uses, read without a compiler: enough to see that its parts fit each other.</summary>
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

    /// <summary>Symbol, file and passed parameters of each module.</summary>
    public IReadOnlyList<(string Symbol, string File, IReadOnlyList<string> Passed)> Modules =>
    [
        .. ModuleLine().Matches(_text).Select(match => (
            match.Groups["symbol"].Value,
            System.IO.Path.GetFullPath(match.Groups["file"].Value, System.IO.Path.GetDirectoryName(Path)!),
            MembersOf("params", BlockAt(_text.IndexOf('{', match.Index))))),
    ];

    /// <summary>Symbol and output name of each use of a module's output.</summary>
    public IEnumerable<(string Symbol, string Output)> UsedOutputs =>
        OutputUse().Matches(_text).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>Types with versions: <c>Microsoft.Web/sites@2024-04-01</c>.</summary>
    public IEnumerable<string> ResourceTypes => ResourceLine().Matches(_text).Select(match => match.Groups[1].Value);

    /// <summary>Names of top-level variables and parameters and symbols that nothing else in the file mentions.</summary>
    public IEnumerable<string> Unused =>
        Declaration().Matches(_text).Select(match => match.Groups[1].Value)
            .Where(name => Regex.Count(_text, $@"(?<![\w.]){name}\b(?!:)") < 2);

    /// <summary>Closing brackets that nothing opened, or the other way round; null when all fit.</summary>
    public string? Misfit()
    {
        var open = new Stack<char>();
        foreach (var bracket in Text().Replace(_text, "").Where("{}[]()".Contains))
        {
            if ("{[(".Contains(bracket))
                open.Push(bracket);
            else if (!open.TryPop(out var opened) || "{[(".IndexOf(opened) != "}])".IndexOf(bracket))
                return $"{Path}: a {bracket} that nothing opened";
        }

        return open.Count == 0 ? null : $"{Path}: {open.Count} brackets left open";
    }

    /// <summary>Names of the settings in an object literal that is assigned to <paramref name="name"/>.</summary>
    public IReadOnlyList<string> MembersOf(string name) => MembersOf(name, _text);

    private static List<string> MembersOf(string name, string within)
    {
        var start = Regex.Match(within, $@"\b{name}\b[^\n{{]*\{{");
        if (!start.Success)
            return [];
        var block = BlockAt(within, start.Index + start.Length - 1);
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

    private string BlockAt(int brace) => BlockAt(_text, brace);

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

    [GeneratedRegex(@"'(?:[^'\\\n]|\\.)*'")]
    private static partial Regex Text();

    [GeneratedRegex(@"^param (?<name>\w+) \w+(?<default> =)?", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^output (\w+) ", RegexOptions.Multiline)]
    private static partial Regex OutputLine();

    [GeneratedRegex(@"^module (?<symbol>\w+) '(?<file>[^']+)' =", RegexOptions.Multiline)]
    private static partial Regex ModuleLine();

    [GeneratedRegex(@"\b(\w+)!?\.outputs\.(\w+)")]
    private static partial Regex OutputUse();

    [GeneratedRegex(@"^\s*resource \w+ '([^']+@[^']+)'", RegexOptions.Multiline)]
    private static partial Regex ResourceLine();

    [GeneratedRegex(@"^(?:param|var) (\w+)\b", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^\s*(\w+):")]
    private static partial Regex Member();
}
