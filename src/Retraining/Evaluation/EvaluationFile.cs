using System.Text.Json;
using Retraining.Artifacts;
using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>Writes <c>evaluation.json</c>: every model's metrics with intervals, and how the challenger differs from each other model.</summary>
internal sealed class EvaluationFile(EvaluationSettings settings, Segments segments)
{
    private readonly UserBootstrap _bootstrap = new() { Resamples = settings.Resamples, Confidence = settings.Confidence, Seed = settings.Seed };

    /// <param name="models">By name; <c>challenger</c> is the one that is compared.</param>
    /// <param name="championVersion">Null on the first run.</param>
    public Task<ArtifactRef> WriteAsync(
        IArtifactStore work, string path, IReadOnlyList<(string Name, ModelQuality Quality)> models, string? championVersion, HeldOutPart part,
        CancellationToken cancellationToken) => work.WriteAsync(
            path,
            async (stream, token) =>
            {
                await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
                json.WriteStartObject();
                WriteFrame(json, championVersion, part);
                json.WriteStartObject("models");
                foreach (var (name, quality) in models)
                    WriteModel(json, name, quality, token);
                json.WriteEndObject();
                json.WriteStartObject("differences");
                foreach (var (name, quality) in models.Skip(1))
                    WriteDifferences(json, name, models[0].Quality, quality, token);
                json.WriteEndObject();
                json.WriteEndObject();
            },
            WriteOptions.Private,
            cancellationToken);

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

    private void WriteModel(Utf8JsonWriter json, string name, ModelQuality quality, CancellationToken cancellationToken)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("catalogue");
        foreach (var (metric, value) in quality.Catalogue)
            Number(json, metric, value);
        json.WriteEndObject();
        WriteIntervals(json, "metrics", quality.PerUser, cancellationToken);
        json.WriteStartObject("segments");
        foreach (var (segment, metrics) in segments.Of(quality))
            WriteIntervals(json, segment, metrics, cancellationToken);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteIntervals(Utf8JsonWriter json, string name, UserMetrics metrics, CancellationToken cancellationToken)
    {
        json.WriteStartObject(name);
        foreach (var (metric, interval) in _bootstrap.Intervals(metrics, cancellationToken))
        {
            json.WriteStartObject(metric);
            WriteInterval(json, interval);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteDifferences(
        Utf8JsonWriter json, string name, ModelQuality challenger, ModelQuality other, CancellationToken cancellationToken)
    {
        json.WriteStartObject(name);
        WriteDifference(json, "metrics", challenger.PerUser, other.PerUser, cancellationToken);
        json.WriteStartObject("segments");
        foreach (var (mine, theirs) in segments.Of(challenger).Zip(segments.Of(other)))
            WriteDifference(json, mine.Name, mine.Metrics, theirs.Metrics, cancellationToken);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteDifference(Utf8JsonWriter json, string name, UserMetrics challenger, UserMetrics other, CancellationToken cancellationToken)
    {
        json.WriteStartObject(name);
        foreach (var (metric, interval) in _bootstrap.Intervals(challenger.Minus(other), cancellationToken))
        {
            json.WriteStartObject(metric);
            WriteInterval(json, interval);
            Number(json, "detectable_loss", _bootstrap.DetectableLoss(interval.StandardError, settings.Power));
            json.WriteString("finding", interval.Low > 0 ? "higher" : interval.High < 0 ? "lower" : "unclear");
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
}
