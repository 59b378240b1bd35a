using Retraining.Operations;

namespace Retraining.Cli.Rendering;

/// <summary>A line for each thing that happens, for logs and pipes. Progress at most every few seconds a stage.</summary>
internal sealed class PlainRunView(TextWriter writer, TimeProvider time) : IRunView
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, (StageStatus Status, int Attempts)> _shown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long At, string Line)> _progress = new(StringComparer.Ordinal);
    private RunStatus? _status;

    public void Show(RunState run)
    {
        if (_status is null)
            writer.WriteLine($"{run.RunId}, version {VersionName.From(run.CreatedAt)}");
        else if (_status != run.Status && !run.HasEnded)
            writer.WriteLine($"{run.RunId}: {run.Status.ToString().ToLowerInvariant()}");
        _status = run.Status;
        foreach (var stage in run.Stages)
            Show(stage);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Show(StageState stage)
    {
        var now = (stage.Status, stage.Attempts);
        var known = _shown.TryGetValue(stage.Title, out var before);
        _shown[stage.Title] = now;
        if (!known && stage.Status == StageStatus.Running)
            writer.WriteLine($"{stage.Name}: {stage.Title}");
        if (known && before.Status == now.Status && now.Attempts > before.Attempts)
            writer.WriteLine($"{stage.Name}: attempt {stage.Attempts}, because {stage.Error}");
        if (known && before.Status == now.Status)
            ShowProgress(stage);
        else if (stage.Status == StageStatus.Completed)
            writer.WriteLine($"{stage.Name}: done in {Units.Duration((stage.EndedAt ?? stage.StartedAt) - stage.StartedAt)}{Sized(stage)}");
        else if (stage.Status == StageStatus.Failed)
            writer.WriteLine($"{stage.Name}: failed, {stage.Error}");
    }

    private void ShowProgress(StageState stage)
    {
        if (stage.Progress is not { } progress || stage.Status != StageStatus.Running)
            return;

        var line = progress.Told();
        var known = _progress.TryGetValue(stage.Title, out var before);
        if (known && (before.Line == line || time.GetElapsedTime(before.At) < ProgressInterval))
            return;
        _progress[stage.Title] = (time.GetTimestamp(), line);
        writer.WriteLine($"{stage.Name}: {line}");
    }

    private static string Sized(StageState stage) => RunReport.ResultBytes(stage) is > 0 and var bytes ? $", {Units.Size(bytes)}" : "";
}
