using System.Text.Json;
using Retraining.Artifacts;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>Loss and metric by epoch, a JSON object a line. Written whole after each epoch.</summary>
public static class TrainingLogFile
{
    /// <summary>In the run's folder.</summary>
    public const string Name = "training_log.ndjson";

    internal static Task<ArtifactRef> WriteAsync(
        IArtifactStore work, string path, IReadOnlyList<EpochReport> epochs, string metric, CancellationToken cancellationToken) =>
        work.WriteAsync(
            path,
            async (stream, token) =>
            {
                foreach (var epoch in epochs)
                {
                    await using (var json = new Utf8JsonWriter(stream))
                        Write(json, epoch, metric);
                    await stream.WriteAsync("\n"u8.ToArray(), token);
                }
            },
            WriteOptions.Private,
            cancellationToken);

    private static void Write(Utf8JsonWriter json, EpochReport epoch, string metric)
    {
        json.WriteStartObject();
        json.WriteNumber("epoch", epoch.Epoch);
        json.WriteNumber("loss", epoch.Loss);
        json.WriteNumber("gradient_norm", epoch.GradientNorm);
        if (epoch.Metric is { } value)
            json.WriteNumber(metric, value);
        json.WriteEndObject();
    }
}
