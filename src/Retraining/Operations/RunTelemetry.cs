using System.Diagnostics;
using System.Diagnostics.Metrics;
using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Serving;

namespace Retraining.Operations;

/// <summary>Traces and metrics of runs, under the assembly's name. Free when nobody listens.</summary>
public static class RunTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Retraining";

    public const string Completed = "completed";

    internal static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>("retrain.run.duration", "s", "Time of a run by outcome");
    private static readonly Histogram<double> StageDuration = Meter.CreateHistogram<double>("retrain.stage.duration", "s", "Time of a stage by outcome");
    private static readonly Counter<long> RowsSynced = Meter.CreateCounter<long>("retrain.sync.rows", "{row}", "Rows in snapshots");
    private static readonly Counter<long> RowsLoaded = Meter.CreateCounter<long>("retrain.upsert.rows", "{row}", "Embeddings loaded for readers");
    private static readonly Counter<long> Verdicts = Meter.CreateCounter<long>("retrain.gate.verdicts", "{verdict}", "Challengers judged");
    private static readonly Gauge<double> Speed = Meter.CreateGauge<double>(
        "retrain.training.examples_per_second", "{example}/s", "Speed of the training that runs");
    private static readonly Gauge<double> Loss = Meter.CreateGauge<double>("retrain.training.loss", "nat", "Training loss of the newest epoch");
    private static readonly Gauge<double> Validation = Meter.CreateGauge<double>(
        "retrain.training.validation", "1", "Metric of the newest epoch on the validation part");
    private static readonly Gauge<double> Quality = Meter.CreateGauge<double>("retrain.quality", "1", "Metrics of the challenger on the hold-out");

    /// <summary>A trace of its own: a request that started the run is long answered when it ends, and may not be sampled.</summary>
    public static TelemetrySpan StartRun(string runId, string startedBy, TimeProvider time)
    {
        Activity.Current = null;
        return new("run", RunDuration, time, [new(RunScope.RunId, runId), new("retrain.started_by", startedBy)]);
    }

    public static TelemetrySpan StartStage(string runId, string stage, TimeProvider time) =>
        new($"stage {stage}", StageDuration, time, [new(RunScope.RunId, runId), new(RunScope.Stage, stage)]);

    /// <summary>Counts what a stage's result tells.</summary>
    public static void Measure(object result)
    {
        switch (result)
        {
            case Snapshot snapshot:
                RowsSynced.Add(snapshot.ProfileCount, Tag("table", "profiles"));
                RowsSynced.Add(snapshot.VideoCount, Tag("table", "videos"));
                RowsSynced.Add(snapshot.InteractionCount, Tag("table", "interactions"));
                break;
            case EvaluationReport report:
                foreach (var (metric, value) in report.Challenger)
                    Quality.Record(value, Tag("metric", metric));
                break;
            case Verdict verdict:
                Verdicts.Add(1, Tag("passed", verdict.Passed));
                break;
            case LoadedEmbeddings loaded:
                RowsLoaded.Add(loaded.Rows, Tag("kind", loaded.Kind));
                break;
            default:
                break;
        }
    }

    /// <summary>While it trains, each time that progress is told.</summary>
    internal static void MeasureSpeed(double examplesPerSecond) => Speed.Record(examplesPerSecond);

    /// <param name="phase"><c>search</c>, or <c>refit</c> on all data, where nothing is held out to measure on.</param>
    /// <param name="metric">Name of the validation metric.</param>
    internal static void MeasureEpoch(string phase, double loss, string metric, double? value)
    {
        Loss.Record(loss, Tag("phase", phase));
        if (value is { } measured)
            Validation.Record(measured, Tag("metric", metric));
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new($"retrain.{name}", value);
}
