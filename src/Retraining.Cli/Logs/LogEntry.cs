using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Retraining.Cli.Logs;

/// <summary>One thing that was logged, without secrets.</summary>
internal sealed record LogEntry
{
    public required DateTimeOffset At { get; init; }
    public required LogLevel Level { get; init; }

    /// <summary>Full name of the class that logged it.</summary>
    public required string Category { get; init; }
    public required int Event { get; init; }
    public required string Message { get; init; }

    /// <summary>The message's parts by name.</summary>
    public required IReadOnlyList<KeyValuePair<string, object?>> Values { get; init; }

    /// <summary>What it happened within, outermost first: the run, the stage.</summary>
    public required IReadOnlyList<KeyValuePair<string, object?>> Scope { get; init; }
    public Activity? Trace { get; init; }

    /// <summary>Type, message and stack.</summary>
    public string? Fault { get; init; }
}
