using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Operations;
using Retraining.Training;

namespace Retraining.Host.Page;

/// <summary>Loss and validation metric by epoch, from the log that a training writes after each epoch.</summary>
internal sealed class TrainingCurves(IArtifactStore store, ILogger<TrainingCurves> logger)
{
    private const int MaxPoints = 2000;

    /// <summary>Empty before the first epoch, and when the run's files were removed.</summary>
    public async Task<IReadOnlyList<CurvePoint>> OfAsync(RunState run, CancellationToken cancellationToken)
    {
        if (!run.Stages.Any(stage => Stages.IsTraining(stage.Name)))
            return [];
        try
        {
            return await ReadAsync($"runs/{run.RunId}/{TrainingLogFile.Name}", run.Request.Settings.Gate.Metric, cancellationToken);
        }
        catch (ArtifactNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            logger.CurveUnread(error, run.RunId); // the run's page still stands
            return [];
        }
    }

    private async Task<IReadOnlyList<CurvePoint>> ReadAsync(string path, string metric, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(path, cancellationToken);
        using var reader = new StreamReader(stream);
        var points = new List<CurvePoint>();
        while (points.Count < MaxPoints && await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            using var row = JsonDocument.Parse(line);
            if (Value(row.RootElement, "epoch") is { } epoch)
                points.Add(new CurvePoint(epoch, Value(row.RootElement, "loss"), Value(row.RootElement, metric)));
            else if (points.FindIndex(point => point.Epoch == Value(row.RootElement, "refit_epoch")) is >= 0 and var at)
                points[at] = points[at] with { RefitLoss = Value(row.RootElement, "loss") };
        }

        return points;
    }

    private static double? Value(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
