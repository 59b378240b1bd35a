using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Retraining.Operations;

namespace Retraining.Host.Composition;

/// <summary>Sends traces, metrics and logs by OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to. What is left is sent when this is disposed.</summary>
public sealed class TelemetryExport : IDisposable
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceName = "two-tower-retraining";

    // Durable Task's own spans of orchestrations and activities.
    private const string HubSource = "Microsoft.DurableTask";

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private TelemetryExport(TracerProvider? traces, MeterProvider? metrics)
    {
        _traces = traces;
        _metrics = metrics;
    }

    /// <summary>Reads OpenTelemetry's own variables, <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> among them.</summary>
    public static TelemetryExport FromEnvironment() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable))
            ? new TelemetryExport(null, null)
            : new TelemetryExport(
                Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(RunTelemetry.Name, HubSource).AddOtlpExporter().Build(),
                Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter(RunTelemetry.Name).AddOtlpExporter().Build());

    /// <summary>Sends logs the same way, without secrets.</summary>
    public static void AddLogs(ILoggingBuilder logging, SecretText secrets)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)))
            return;
        var resource = ResourceBuilder.CreateDefault();
        Describe(resource);
        logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(resource).AddProcessor(new RedactingProcessor(secrets)).AddOtlpExporter();
        });
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static void Describe(ResourceBuilder resource) =>
        resource.AddService(Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") ?? ServiceName);
}
