using OpenTelemetry.Exporter;
using Retraining.Host.Composition;

namespace Retraining.Tests.Host.Composition;

public sealed class OtlpSignalTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://a", true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://a", true)]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://a", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://a OTEL_TRACES_EXPORTER=none", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://a OTEL_TRACES_EXPORTER=otlp", true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://a OTEL_METRICS_EXPORTER=none", true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://a OTEL_SDK_DISABLED=true", false)]
    public void IsSent_Traces_AsTheVariablesSay(string variables, bool expected) => Assert.Equal(expected, Traces(variables).IsSent);

    [Fact]
    public void Configure_OwnVariables_ComeBeforeTheGeneralOnes()
    {
        var options = new OtlpExporterOptions();

        const string Own = "OTEL_EXPORTER_OTLP_TRACES_";
        Traces($"{Own}ENDPOINT=http://a/b {Own}PROTOCOL=http/protobuf {Own}HEADERS=k=v").Configure(options);

        Assert.Equal((new Uri("http://a/b"), "k=v"), (options.Endpoint, options.Headers));
        Assert.Equal(OtlpExportProtocol.HttpProtobuf, options.Protocol);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=carrier-pigeon", "expected grpc or http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=collector", "expected one such as http://127.0.0.1:4318/v1/traces")]
    public void Configure_WrongValue_SaysWhatIsExpected(string variables, string expected)
    {
        var error = Assert.Throws<FormatException>(() => Traces(variables).Configure(new OtlpExporterOptions()));
        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
    }

    private static OtlpSignal Traces(string variables)
    {
        var pairs = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2));
        var values = pairs.ToDictionary(pair => pair[0], pair => pair[1]);
        return new OtlpSignal("TRACES", values.GetValueOrDefault);
    }
}
