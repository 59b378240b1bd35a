using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Retraining.Operations;

namespace Retraining.Cli.Logs;

/// <summary>Logs as lines, for people or for machines, without secrets.</summary>
/// <param name="write">Makes a line of an entry whose texts hold no secrets any more.</param>
internal sealed class LineLoggerProvider(TextWriter writer, SecretText secrets, TimeProvider time, Func<LogEntry, string> write)
    : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>The least level that is written.</summary>
    public LogLevel Least { get; init; } = LogLevel.Trace;

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private void Write<TState>(string category, LogLevel level, EventId id, TState state, Exception? fault, string message)
    {
        var scope = new List<KeyValuePair<string, object?>>();
        _scopes.ForEachScope(static (part, all) => all.AddRange(part as IEnumerable<KeyValuePair<string, object?>> ?? []), scope);
        var line = write(new LogEntry
        {
            At = time.GetUtcNow(),
            Level = level,
            Category = category,
            Event = id.Id,
            Message = secrets.Redact(message),
            Values = Clean(state as IEnumerable<KeyValuePair<string, object?>> ?? []),
            Scope = Clean(scope),
            Trace = Activity.Current,
            Fault = fault is null ? null : secrets.Redact(fault.ToString()),
        });
        lock (writer)
            writer.WriteLine(line);
    }

    private List<KeyValuePair<string, object?>> Clean(IEnumerable<KeyValuePair<string, object?>> values) =>
        [.. values.Select(pair => pair.Value is string text ? new(pair.Key, secrets.Redact(text)) : pair)];

    private sealed class LineLogger(LineLoggerProvider lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => lines._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= lines.Least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                lines.Write(category, logLevel, eventId, state, exception, formatter(state, exception));
        }
    }
}
