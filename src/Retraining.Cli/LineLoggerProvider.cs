using Microsoft.Extensions.Logging;
using Retraining.Operations;

namespace Retraining.Cli;

/// <summary>Logs as lines, without secrets.</summary>
internal sealed class LineLoggerProvider(TextWriter writer, SecretText secrets) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, writer, secrets);

    public void Dispose()
    {
    }

    private sealed class LineLogger(string category, TextWriter writer, SecretText secrets) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var name = category[(category.LastIndexOf('.') + 1)..];
            var text = exception is null ? formatter(state, exception) : $"{formatter(state, exception)}\n{exception}";
            lock (writer)
                writer.WriteLine(secrets.Redact($"{logLevel.ToString().ToLowerInvariant()} {name}: {text}"));
        }
    }
}
