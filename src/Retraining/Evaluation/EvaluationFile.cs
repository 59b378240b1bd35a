using System.Text.Json;
using Retraining.Artifacts;
using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>Writes <c>evaluation.json</c>: every model's metrics with intervals, and how the challenger differs from each other model.</summary>
/// <param name="settings">Of the intervals.</param>
/// <param name="segments">The first is the whole.</param>
internal sealed class EvaluationFile(EvaluationSettings settings, IReadOnlyList<Segment> segments)
{
    private readonly UserBootstrap _bootstrap = new() { Resamples = settings.Resamples, Confidence = settings.Confidence, Seed = settings.Seed };

    /// <param name="models">By name; <c>challenger</c> is the one that is compared.</param>
    /// <param name="championVersion">Null on the first run.</param>
    public Task<ArtifactRef> WriteAsync(
        IArtifactStore work, string path, IReadOnlyList<(string Name, ModelQuality Quality)> models, string? championVersion, HeldOutPart part,
        CancellationToken cancellationToken)
    {
        var intervals = new EvaluationIntervals(_bootstrap, segments, models, cancellationToken);
        return work.WriteAsync(
            path,
            async (stream, _) =>
            {
                await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
                json.WriteStartObject();
                WriteFrame(json, championVersion, part);
                json.WriteStartObject("models");
                foreach (var (name, quality) in models)
                    WriteModel(json, name, quality, segment => intervals.Of(name, segment));
                json.WriteEndObject();
                json.WriteStartObject("differences");
                foreach (var (name, _) in models.Skip(1))
                    WriteDifferences(json, name, segment => intervals.Beside(name, segment));
                json.WriteEndObject();
                json.WriteEndObject();
            },
            WriteOptions.Private,
            cancellationToken);
    }

    private void WriteFrame(Utf8JsonWriter json, string? championVersion, HeldOutPart part)
    {
        json.WriteNumber("users", part.Count);
        json.WriteNumber("targets", part.Targets.Count);
        json.WriteString("champion_version", championVersion);
        json.WriteString("interval", "bca bootstrap over users");
        json.WriteNumber("resamples", settings.Resamples);
        json.WriteNumber("confidence", settings.Confidence);
        json.WriteNumber("power", settings.Power);
        json.WriteNumber("seed", settings.Seed);
    }

    private void WriteModel(Utf8JsonWriter json, string name, ModelQuality quality, SegmentIntervals intervals)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("catalogue");
        foreach (var (metric, value) in quality.Catalogue)
            Number(json, metric, value);
        json.WriteEndObject();
        WriteSegments(json, intervals, WriteInterval);
        json.WriteEndObject();
    }

    private void WriteDifferences(Utf8JsonWriter json, string name, SegmentIntervals intervals)
    {
        json.WriteStartObject(name);
        WriteSegments(json, intervals, (target, interval) =>
        {
            WriteInterval(target, interval);
            Number(target, "detectable_loss", _bootstrap.DetectableLoss(interval.StandardError, settings.Power));
            target.WriteString("finding", interval.Low > 0 ? "higher" : interval.High < 0 ? "lower" : "unclear");
        });
        json.WriteEndObject();
    }

    /// <summary>The whole as <c>metrics</c>, the others under <c>segments</c>.</summary>
    private void WriteSegments(Utf8JsonWriter json, SegmentIntervals intervals, Action<Utf8JsonWriter, ConfidenceInterval> write)
    {
        WriteMetrics(json, "metrics", intervals(segments[0].Name), write);
        json.WriteStartObject("segments");
        foreach (var segment in segments.Skip(1))
            WriteMetrics(json, segment.Name, intervals(segment.Name), write);
        json.WriteEndObject();
    }

    private static void WriteMetrics(
        Utf8JsonWriter json, string name, IReadOnlyList<MetricInterval> intervals, Action<Utf8JsonWriter, ConfidenceInterval> write)
    {
        json.WriteStartObject(name);
        foreach (var (metric, interval) in intervals)
        {
            json.WriteStartObject(metric);
            write(json, interval);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteInterval(Utf8JsonWriter json, ConfidenceInterval interval)
    {
        Number(json, "mean", interval.Mean);
        Number(json, "low", interval.Low);
        Number(json, "high", interval.High);
        Number(json, "standard_error", interval.StandardError);
        json.WriteNumber("users", interval.Users);
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private delegate IReadOnlyList<MetricInterval> SegmentIntervals(string segment);
}
