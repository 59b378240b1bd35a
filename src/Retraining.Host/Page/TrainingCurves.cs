using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Training;

namespace Retraining.Host.Page;

/// <summary>
/// Loss and Recall by epoch. Of an ended training they are read from its log; of a running one they are gathered from its progress,
/// which tells only the newest epoch.
/// </summary>
internal sealed class TrainingCurves(IRunClient runs, IArtifactStore store, TimeProvider time, ILogger<TrainingCurves> logger) : BackgroundService
{
    private const int MaxRunsHeld = 4;
    private const int MaxPoints = 2000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly string TrainStage = Stages.TrainTowers.Name;

    private readonly ConcurrentDictionary<string, SortedDictionary<double, CurvePoint>> _seen = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<CurvePoint>> OfAsync(RunState run, CancellationToken cancellationToken)
    {
        if (run.Stages.FirstOrDefault(stage => stage.Name == TrainStage) is not { } train)
            return [];
        if (train.ResultJson is { } json)
            return await ReadAsync(json, cancellationToken);
        Take(run);
        return Held(run.RunId);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, time, stoppingToken);
                var page = await runs.ListAsync(new RunQuery { Statuses = [RunStatus.Running], Top = 1 }, stoppingToken);
                foreach (var run in page.Runs)
                    Take(run);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.CurvesUnread(error);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Take(RunState run)
    {
        var progress = run.Stages.FirstOrDefault(stage => stage.Name == TrainStage)?.Progress;
        if (progress is null || !progress.Values.TryGetValue("epoch", out var epoch))
            return;

        var points = _seen.GetOrAdd(run.RunId, _ => []);
        lock (points)
        {
            if (points.Count < MaxPoints || points.ContainsKey(epoch))
                points[epoch] = new CurvePoint(epoch, Value(progress, "loss"), Value(progress, "recall@10"));
        }

        foreach (var old in _seen.Keys.Where(id => id != run.RunId).Skip(MaxRunsHeld - 1))
            _seen.TryRemove(old, out _);
    }

    private List<CurvePoint> Held(string runId)
    {
        if (!_seen.TryGetValue(runId, out var points))
            return [];
        lock (points)
            return [.. points.Values];
    }

    private async Task<IReadOnlyList<CurvePoint>> ReadAsync(string trainedJson, CancellationToken cancellationToken)
    {
        try
        {
            var trained = JsonSerializer.Deserialize<TrainedModel>(trainedJson, RecordJson.Options) ?? throw new JsonException("null, expected a trained model");
            await using var stream = await store.OpenReadAsync(trained.Log.Path, cancellationToken);
            using var reader = new StreamReader(stream);
            var points = new List<CurvePoint>();
            while (points.Count < MaxPoints && await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                using var row = JsonDocument.Parse(line);
                if (Value(row.RootElement, "epoch") is { } epoch)
                    points.Add(new CurvePoint(epoch, Value(row.RootElement, "loss"), Value(row.RootElement, "recall@10") ?? Value(row.RootElement, "metric")));
            }

            return points;
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            logger.CurvesUnread(error); // the run's files may have been removed; its page still stands
            return [];
        }
    }

    private static double? Value(StageProgress progress, string name) => progress.Values.TryGetValue(name, out var value) ? value : null;

    private static double? Value(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
