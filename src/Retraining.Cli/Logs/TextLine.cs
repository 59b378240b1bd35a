using Retraining.Operations;

namespace Retraining.Cli.Logs;

/// <summary>A log entry for people: <c>information StageRunner [retrain-2026-W47 train]: Stage train started, attempt 1</c>.</summary>
internal static class TextLine
{
    private static readonly string[] Shown = [RunScope.RunId, RunScope.Stage];

    public static string Of(LogEntry entry)
    {
        var within = string.Join(' ', Shown.Select(name => entry.Scope.LastOrDefault(pair => pair.Key == name).Value).OfType<string>());
        var place = within.Length == 0 ? "" : $" [{within}]";
        var name = entry.Category[(entry.Category.LastIndexOf('.') + 1)..];
        var fault = entry.Fault is null ? "" : $"\n{entry.Fault}";
        return $"{entry.Level.ToString().ToLowerInvariant()} {name}{place}: {entry.Message}{fault}";
    }
}
