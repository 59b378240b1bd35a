using System.Text;
using System.Text.Json;
using Retraining.Artifacts;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>Loss and metric by epoch, a JSON object a line (written whole after each epoch), and drawn as curves.</summary>
public static class TrainingLogFile
{
    /// <summary>In the run's folder.</summary>
    public const string Name = "training_log.ndjson";

    /// <summary>The same as curves, in the run's folder.</summary>
    public const string CurvesName = "training_curves.svg";

    internal static Task<ArtifactRef> WriteCurvesAsync(
        IArtifactStore work, string path, IReadOnlyList<EpochReport> epochs, string metric, CancellationToken cancellationToken)
    {
        var svg = CurveSvg.Draw([.. epochs.Select(epoch => new CurvePoint(epoch.Epoch, epoch.Loss, epoch.Metric))], metric, plannedEpochs: null, isFile: true);
        return work.WriteAsync(path, (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(svg), token).AsTask(), WriteOptions.Private, cancellationToken);
    }

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
