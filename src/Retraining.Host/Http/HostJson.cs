using System.Text.Json;
using System.Text.Json.Serialization;
using Retraining.Execution;

namespace Retraining.Host.Http;

/// <summary>How the host writes JSON: as records are written, which is camel case as in Durable Functions.</summary>
internal static class HostJson
{
    public static JsonSerializerOptions Options => RecordJson.Options;

    /// <summary>The same for what the framework writes by itself.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.Encoder = Options.Encoder;
        options.NumberHandling = Options.NumberHandling;
        options.IgnoreReadOnlyProperties = Options.IgnoreReadOnlyProperties;
        options.Converters.Add(new JsonStringEnumConverter());
    }
}
