using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Retraining.Artifacts;
using Retraining.Dataset;
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
        Assert.Equal("Retraining.Execution.PermanentStageException", left.GetTagItem("error.type"));
        var exception = Assert.Single(left.Events, happened => happened.Name == "exception").Tags.ToDictionary();
        Assert.Equal("Retraining.Execution.PermanentStageException", exception["exception.type"]);
        Assert.Equal("no disk, Password=***", exception["exception.message"]);
        Assert.All(spans, span => Assert.DoesNotContain("hunter2", span.StatusDescription ?? "", StringComparison.Ordinal));
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans, span => span.OperationName == "run").Status);
    }

    [Fact]
    public async Task Run_StageFails_IsTimedByOutcomeAndKindOfError()
    {
        var seen = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using var meters = Listen(seen);
        var own = NotePipeline.Of("only-here", WorkKind.Transfer);
        _fixture.On("only-here", async (_, _, token) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), token);
            throw new PermanentStageException("no disk");
        });

        PipelineDefinition definition = async (run, _) => NotePipeline.Result((await run.CallAsync(own, new Note("x"))).Text);
        await EngineFixture.RunAsync(_fixture.Open(definition, [own]));

        const string Error = "error.type=Retraining.Execution.";
        var stage = Assert.Single(seen, taken => taken.Tags.Contains("retrain.stage=only-here", StringComparison.Ordinal));
        Assert.Equal("retrain.stage.duration", stage.Name);
        Assert.Equal($"retrain.stage=only-here retrain.outcome=failed {Error}PermanentStageException", stage.Tags);
        Assert.InRange(stage.Value, 0.01, 60);
        var failed = $"retrain.outcome=failed {Error}StageFailedException";
        Assert.Contains(seen, taken => (taken.Name, taken.Tags) == ("retrain.run.duration", failed));
    }

    [Fact]
    public void Measure_Results_CountRowsVerdictsAndQuality()
    {
        var seen = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using var meters = Listen(seen);

        var result = SampleRuns.Rejected("any").Result!;
        RunTelemetry.Measure(result.Verdict with { Rules = [new GateRule("only-here", 1, 2, false, "")] });
        RunTelemetry.Measure(result.Evaluation with { Challenger = new Dictionary<string, double> { ["only-here@10"] = 0.125 } });
        RunTelemetry.Measure(new LoadedEmbeddings { Kind = "only-here", Version = "v", Rows = 321, AnnRecall = 1 });
        RunTelemetry.Measure(Snapshot());

        Assert.Contains(("retrain.gate.verdicts", 1, "retrain.passed=False"), seen);
        Assert.Contains(("retrain.quality", 0.125, "retrain.metric=only-here@10"), seen);
        Assert.Contains(("retrain.upsert.rows", 321, "retrain.kind=only-here"), seen);
        Assert.Contains(("retrain.sync.rows", 123_001, "retrain.table=profiles"), seen);
        Assert.Contains(("retrain.sync.rows", 123_002, "retrain.table=videos"), seen);
        Assert.Contains(("retrain.sync.rows", 123_003, "retrain.table=interactions"), seen);
    }

    private static Snapshot Snapshot()
    {
        var file = new ArtifactRef("runs/x/any.parquet", new string('0', 64), 10);
        return new Snapshot
        {
            Hash = "x",
            AsOf = HostFixture.Start,
            Profiles = file,
            Videos = file,
            Interactions = file,
            Report = file,
            Quarantine = file,
            ProfileCount = 123_001,
            VideoCount = 123_002,
            InteractionCount = 123_003,
            PositiveCount = 1,
            QuarantinedCount = 0,
        };
    }

    private static MeterListener Listen(ConcurrentQueue<(string Name, double Value, string Tags)> seen)
    {
        var meters = new MeterListener
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
        return meters;
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));

    // Other tests run engines at the same time.
    private List<Activity> SpansOf(string runId) => [.. _ended.Where(span => (string?)span.GetTagItem("retrain.run.id") == runId)];
}
