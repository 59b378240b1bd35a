using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Retraining.Operations;

namespace Retraining.Host.Composition;

/// <summary>
/// Sends traces, metrics and logs by OTLP, each where OpenTelemetry's variables say. What is left is sent when this is disposed.
/// </summary>
public sealed class TelemetryExport : IDisposable
{
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
    public static TelemetryExport FromEnvironment() => new(Traces(Signal("TRACES")), Metrics(Signal("METRICS")));

    /// <summary>Sends logs the same way, without secrets.</summary>
    public static void AddLogs(ILoggingBuilder logging, SecretText secrets)
    {
        var signal = Signal("LOGS");
        if (!signal.IsSent)
            return;
        var resource = ResourceBuilder.CreateDefault();
        Describe(resource);
        logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.IncludeScopes = true; // the run and the stage
            options.SetResourceBuilder(resource).AddProcessor(new RedactingProcessor(secrets)).AddOtlpExporter(signal.Configure);
        });
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static TracerProvider? Traces(OtlpSignal signal) => !signal.IsSent ? null : Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(Describe).AddSource(RunTelemetry.Name, HubSource).AddOtlpExporter(signal.Configure).Build();

    private static MeterProvider? Metrics(OtlpSignal signal) => !signal.IsSent ? null : Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(Describe).AddMeter(RunTelemetry.Name).AddOtlpExporter(signal.Configure).Build();

    private static OtlpSignal Signal(string name) => new(name, Environment.GetEnvironmentVariable);

    private static void Describe(ResourceBuilder resource) => resource.AddService(
        Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") ?? ServiceName,
        serviceVersion: typeof(RunTelemetry).Assembly.GetName().Version?.ToString(3));
}
