using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Retraining.Execution;

/// <summary>How records are written that cross a process boundary: a run's input, the inputs and results of stages.</summary>
public static class RecordJson
{
    /// <summary>Camel case, enums by name, floats that round-trip (NaN and infinities by name), computed properties left out.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
