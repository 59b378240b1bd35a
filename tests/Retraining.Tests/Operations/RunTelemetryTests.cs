using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Serving;
using Retraining.Tests.Host;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Operations;

public sealed class RunTelemetryTests : IAsyncLifetime, IDisposable
{
    private readonly EngineFixture _fixture = new();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public RunTelemetryTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RunTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.CloseAsync();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Run_Completed_IsOneTraceOfARunWithItsStages()
    {
        using var request = new Activity("a request that is not sampled").Start();
        var run = await EngineFixture.RunAsync(_fixture.Open());

        var spans = SpansOf(run.RunId);
        var root = Assert.Single(spans, span => span.OperationName == "run");
        Assert.Equal(default, root.ParentSpanId);
        Assert.NotEqual(request.TraceId, root.TraceId);
        Assert.Equal("published", root.GetTagItem("retrain.outcome"));
        Assert.Equal("test", root.GetTagItem("retrain.started_by"));
        var stages = spans.Where(span => span != root).ToList();
        Assert.Equal(["stage first", "stage last", "stage left", "stage right"], stages.Select(span => span.OperationName).Order());
        Assert.All(stages, span => Assert.Equal((root.TraceId, root.SpanId, "completed"), (span.TraceId, span.ParentSpanId, span.GetTagItem("retrain.outcome"))));
    }

    [Fact]
    public async Task Run_StageFails_IsAnErrorWithItsReasonAndNoSecret()
    {
        _fixture.On("left", () => throw new PermanentStageException("no disk, Password=hunter2"));
        var run = await EngineFixture.RunAsync(_fixture.Open());

        var spans = SpansOf(run.RunId);
        var left = Assert.Single(spans, span => span.OperationName == "stage left");
        Assert.Equal((ActivityStatusCode.Error, "failed"), (left.Status, left.GetTagItem("retrain.outcome")));
        Assert.Contains("no disk", left.StatusDescription, StringComparison.Ordinal);
        Assert.All(spans, span => Assert.DoesNotContain("hunter2", span.StatusDescription ?? "", StringComparison.Ordinal));
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans, span => span.OperationName == "run").Status);
    }

    [Fact]
    public void Measure_Results_CountRowsVerdictsAndQuality()
    {
        var seen = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == RunTelemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Enqueue((instrument.Name, value, Text(tags))));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Enqueue((instrument.Name, value, Text(tags))));
        meters.Start();

        var result = SampleRuns.Rejected("any").Result!;
        RunTelemetry.Measure(result.Verdict with { Rules = [new GateRule("only-here", 1, 2, false, "")] });
        RunTelemetry.Measure(result.Evaluation with { Challenger = new Dictionary<string, double> { ["only-here@10"] = 0.125 } });
        RunTelemetry.Measure(new LoadedEmbeddings { Kind = "only-here", Version = "v", Rows = 321, AnnRecall = 1 });

        Assert.Contains(("retrain.gate.verdicts", 1, "retrain.passed=False"), seen);
        Assert.Contains(("retrain.quality", 0.125, "retrain.metric=only-here@10"), seen);
        Assert.Contains(("retrain.upsert.rows", 321, "retrain.kind=only-here"), seen);
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));

    // Other tests run engines at the same time.
    private List<Activity> SpansOf(string runId) => [.. _ended.Where(span => (string?)span.GetTagItem("retrain.run.id") == runId)];
}
