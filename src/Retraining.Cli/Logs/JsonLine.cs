using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Cli.Logs;

/// <summary>
/// A log entry for machines, one JSON object: <c>timestamp</c>, <c>level</c>, <c>category</c>, <c>event</c>, <c>message</c>,
/// <c>scope</c> (with <c>retrain.run.id</c> and <c>retrain.stage</c>), <c>values</c>, <c>traceId</c>, <c>spanId</c>, <c>exception</c>.
/// </summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = RecordJson.Options.Encoder };

    public static string Of(LogEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
            Write(json, entry);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, LogEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("timestamp", entry.At.UtcDateTime);
        json.WriteString("level", entry.Level.ToString().ToLowerInvariant());
        json.WriteString("category", entry.Category);
        json.WriteNumber("event", entry.Event);
        json.WriteString("message", entry.Message);
        WriteObject(json, "scope", entry.Scope);
        WriteObject(json, "values", entry.Values.Where(pair => pair.Key != "{OriginalFormat}"));
        if (entry.Trace is { } trace)
        {
            json.WriteString("traceId", trace.TraceId.ToHexString());
            json.WriteString("spanId", trace.SpanId.ToHexString());
        }

        if (entry.Fault is not null)
            json.WriteString("exception", entry.Fault);
        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, object?>> pairs)
    {
        var newest = new Dictionary<string, object?>(StringComparer.Ordinal); // an inner scope tells more than the outer one of its name
        foreach (var (key, value) in pairs)
            newest[key] = value;
        json.WriteStartObject(name);
        foreach (var (key, value) in newest)
            WriteValue(json, key, value);
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int or long:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
