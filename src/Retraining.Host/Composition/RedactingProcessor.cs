using OpenTelemetry;
using OpenTelemetry.Logs;
using Retraining.Operations;

namespace Retraining.Host.Composition;

/// <summary>Takes secrets out of log records before they leave the process. A fault travels as text, because an exception cannot be changed.</summary>
internal sealed class RedactingProcessor(SecretText secrets) : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        data.FormattedMessage = data.FormattedMessage is { } message ? secrets.Redact(message) : null;
        data.Body = data.Body is { } body ? secrets.Redact(body) : null;
        var attributes = (data.Attributes ?? []).Select(
            attribute => new KeyValuePair<string, object?>(attribute.Key, attribute.Value is string text ? secrets.Redact(text) : attribute.Value));
        data.Attributes = data.Exception is { } fault
            ? [.. attributes, new("exception.type", fault.GetType().FullName), new("exception.stacktrace", secrets.Redact(fault.ToString()))]
            : [.. attributes];
        data.Exception = null;
    }
}
