using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Retraining.Tests.Cli;
using Retraining.Tests.Durability;
using Retraining.Tests.Host;
using Retraining.Tests.Telemetry.Otlp;

namespace Retraining.Tests.Telemetry;

/// <summary>What the released programs send to a collector, by OpenTelemetry's own variables.</summary>
public sealed class OtlpTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Run_HttpProtobuf_SendsTracesMetricsAndLogsEachWhereItsVariablesSay()
    {
        await using var general = await OtlpReceiver.StartAsync(HttpProtocols.Http1);
        await using var traces = await OtlpReceiver.StartAsync(HttpProtocols.Http1);
        var variables = Variables(general.Url, "http/protobuf");
        variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = new Uri(traces.Url, "/own/traces").ToString();
        variables["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = "x-tenant=traces";
        var sample = await _cli.SampleAsync();

        using var run = RetrainProcess.Start(variables, "run", "--data", sample, "--run-id", "weekly", "--started-by", "ann");
        Assert.True(await EndAsync(run) == 0, run.Text);

        Assert.All(general.Taken, taken => Assert.Contains(taken.Path, new[] { "/v1/metrics", "/v1/logs" }));
        Assert.All(general.Taken, taken => Assert.Equal("all", taken.Headers["x-tenant"]));
        Assert.All(traces.Taken, taken => Assert.Equal(("/own/traces", "traces"), (taken.Path, taken.Headers["x-tenant"])));
        AssertTrace(traces, "weekly", "ann");
        AssertMetrics(general);
        AssertLogs(general, "weekly");
        AssertNoSecret(general, traces);
    }

    [Fact]
    public async Task Serve_Grpc_SendsTracesMetricsAndLogs()
    {
        await using var receiver = await OtlpReceiver.StartAsync(HttpProtocols.Http2);
        var variables = Variables(receiver.Url, "grpc");
        variables["TwoTower__Source__Kind"] = "files";
        variables["TwoTower__Source__Folder"] = await _cli.SampleAsync();
        variables["RETRAIN_START_KEY"] = HostFixture.StartKey;
        using var serve = RetrainProcess.Start(variables, "serve", "--url", "http://127.0.0.1:0");
        using var client = await serve.ClientAsync();

        var id = (await (await client.PostAsync("/api/retrain", null)).JsonAsync()).GetProperty("id").GetString()!;
        await client.GetStringAsync($"/?code={HostFixture.StartKey}"); // the key of a link stays out of every log
        await client.EndOfAsync(id, Limit);
        serve.Stop();
        Assert.True(await EndAsync(serve) == 0, serve.Text);

        Assert.Contains(receiver.Taken, taken => taken.Path == "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
        Assert.All(receiver.Taken, taken => Assert.Equal("all", taken.Headers["x-tenant"]));
        AssertTrace(receiver, id, "http");
        AssertMetrics(receiver);
        AssertLogs(receiver, id);
        AssertNoSecret(receiver);
        Assert.DoesNotContain(HostFixture.StartKey, serve.Text, StringComparison.Ordinal);
    }

    private static void AssertTrace(OtlpReceiver receiver, string runId, string startedBy)
    {
        var spans = receiver.Spans.ToList();
        Assert.All(spans, span => Assert.Equal(runId, Text(span.Attributes, "retrain.run.id")));
        var run = Assert.Single(spans, span => span.Name == "run");
        Assert.Equal(("published", startedBy), (Text(run.Attributes, "retrain.outcome"), Text(run.Attributes, "retrain.started_by")));
        Assert.All(spans, span => Assert.Equal(run.TraceId, span.TraceId));
        var train = Assert.Single(spans, span => span.Name == "stage train");
        Assert.Equal(run.SpanId, train.ParentSpanId);
        Assert.Contains(spans, span => span.Name == "stage activate");
        var epochs = spans.Where(span => span.Name == "epoch").ToList();
        Assert.Equal(["refit", "search"], epochs.Select(span => Text(span.Attributes, "retrain.phase")).Distinct().Order());
        Assert.All(epochs, epoch => Assert.Equal(train.SpanId, epoch.ParentSpanId));
        Assert.All(epochs, epoch => Assert.InRange(epoch.EndTimeUnixNano, epoch.StartTimeUnixNano, ulong.MaxValue));
        Assert.Contains(epochs, epoch => Text(epoch.Attributes, "retrain.metric") == "recall@10");
        var resource = receiver.Resources.First().Attributes;
        Assert.Equal(("two-tower-retraining", "test"), (Text(resource, "service.name"), Text(resource, "deployment.environment.name")));
        Assert.NotEqual("", Text(resource, "service.version"));
        Assert.NotEqual("", Text(resource, "service.instance.id"));
    }

    private static void AssertMetrics(OtlpReceiver receiver)
    {
        var metrics = receiver.Metrics.GroupBy(metric => metric.Name).ToDictionary(same => same.Key, same => same.Last());
        foreach (var (name, tag, value) in new[]
        {
            ("retrain.run.duration", "retrain.outcome", "published"), ("retrain.stage.duration", "retrain.stage", "train"),
            ("retrain.sync.rows", "retrain.table", "interactions"), ("retrain.upsert.rows", "retrain.kind", "videos"),
            ("retrain.gate.verdicts", "retrain.passed", "True"), ("retrain.training.loss", "retrain.phase", "search"),
            ("retrain.training.validation", "retrain.metric", "recall@10"), ("retrain.quality", "retrain.metric", "recall@10"),
        })
        {
            Assert.True(metrics.ContainsKey(name), $"{name} among {string.Join(", ", metrics.Keys)}");
            var points = PointsOf(metrics[name]);
            var point = Assert.Single(points, point => Text(point.Attributes, tag).Equals(value, StringComparison.OrdinalIgnoreCase));
            Assert.True(point.Value > 0, $"{name} is {point.Value}");
        }

        Assert.True(Assert.Single(PointsOf(metrics["retrain.training.examples_per_second"])).Value > 0);
    }

    private static void AssertLogs(OtlpReceiver receiver, string runId)
    {
        var started = Assert.Single(receiver.Logs, log => log.Body.StringValue == "Stage train started, attempt 1");
        Assert.Equal((runId, "train"), (Text(started.Attributes, "retrain.run.id"), Text(started.Attributes, "retrain.stage")));
        Assert.Equal(16, started.TraceId.Length);
        var within = receiver.Logs.Where(log => Text(log.Attributes, "retrain.stage") == "train").ToList();
        Assert.Contains(within, log => !log.Body.StringValue.StartsWith("Stage ", StringComparison.Ordinal)); // its progress
        Assert.All(within, log => Assert.Equal(runId, Text(log.Attributes, "retrain.run.id")));
    }

    private static void AssertNoSecret(params OtlpReceiver[] receivers) => Assert.All(
        receivers.SelectMany(receiver => receiver.Taken),
        taken => Assert.All(
            ["hunter2", HostFixture.StartKey],
            secret => Assert.DoesNotContain(secret, Encoding.UTF8.GetString(taken.Message), StringComparison.Ordinal)));

    private static IEnumerable<(IEnumerable<KeyValue> Attributes, double Value)> PointsOf(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Select(point => (Tags(point.Attributes), (double)point.Count)),
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Select(Point),
        _ => metric.Gauge.DataPoints.Select(Point),
    };

    private static (IEnumerable<KeyValue> Attributes, double Value) Point(NumberDataPoint point) =>
        (point.Attributes, point.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble);

    private static IEnumerable<KeyValue> Tags(IEnumerable<KeyValue> attributes) => attributes;

    private static string Text(IEnumerable<KeyValue> attributes, string key) =>
        attributes.LastOrDefault(pair => pair.Key == key)?.Value switch
        {
            null => "",
            { ValueCase: AnyValue.ValueOneofCase.BoolValue } flag => flag.BoolValue.ToString(),
            var value => value.StringValue,
        };

    private static async Task<int> EndAsync(RetrainProcess process)
    {
        using var limit = new CancellationTokenSource(Limit);
        return await process.WaitAsync(limit.Token);
    }

    private Dictionary<string, string> Variables(Uri receiver, string protocol)
    {
        var variables = _cli.Variables.ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.ToString();
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        variables["OTEL_EXPORTER_OTLP_HEADERS"] = "x-tenant=all";
        variables["TwoTower__Training__Start"] = "random"; // the sample is so small that training on from the factors would find nothing
        variables["TwoTower__Gate__MinOverPopularity"] = "0.1";
        variables["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test";
        variables["RETRAIN_WEBHOOK_URL"] = "http://127.0.0.1:1/hunter2";
        variables["RETRAIN_SMTP_URL"] = "smtp://user:hunter2@127.0.0.1:1";
        variables["TwoTower__Notification__EmailTo"] = "ops@example.com";
        return variables;
    }
}
