using OpenTelemetry.Exporter;

namespace Retraining.Host.Composition;

/// <summary>
/// Where one kind of telemetry goes, as OpenTelemetry's variables say: <c>OTEL_EXPORTER_OTLP_{signal}_…</c> before
/// <c>OTEL_EXPORTER_OTLP_…</c>, nowhere with <c>OTEL_{signal}_EXPORTER=none</c> or <c>OTEL_SDK_DISABLED=true</c>.
/// </summary>
/// <param name="name"><c>TRACES</c>, <c>METRICS</c> or <c>LOGS</c>.</param>
/// <param name="read">A variable of the environment.</param>
internal sealed class OtlpSignal(string name, Func<string, string?> read)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    /// <summary>Only a variable that says where to sends anything.</summary>
    public bool IsSent =>
        (Of("ENDPOINT") ?? Text($"{Prefix}ENDPOINT")) is not null
        && !string.Equals(Text("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)
        && (Text($"OTEL_{name}_EXPORTER") ?? "otlp") == "otlp";

    /// <summary>
    /// The general variables are read by the exporter itself; its endpoint gets the signal's path, this signal's own is taken as it is.
    /// </summary>
    /// <exception cref="FormatException">A variable cannot be read.</exception>
    public void Configure(OtlpExporterOptions options)
    {
        if (Of("PROTOCOL") is { } protocol)
        {
            options.Protocol = protocol switch
            {
                "grpc" => OtlpExportProtocol.Grpc,
                "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
                _ => throw new FormatException($"{Prefix}{name}_PROTOCOL: \"{protocol}\", expected grpc or http/protobuf"),
            };
        }

        if (Of("ENDPOINT") is { } endpoint)
        {
            options.Endpoint = Uri.TryCreate(endpoint, UriKind.Absolute, out var address) ? address : throw new FormatException(
                $"{Prefix}{name}_ENDPOINT is no URL, expected one such as http://127.0.0.1:4318/v1/{name.ToLowerInvariant()}");
        }

        if (Of("HEADERS") is { } headers)
            options.Headers = headers;
    }

    private string? Of(string what) => Text($"{Prefix}{name}_{what}");

    private string? Text(string variable) => read(variable) is { Length: > 0 } text ? text : null;
}
