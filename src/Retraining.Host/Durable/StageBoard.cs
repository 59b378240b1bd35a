using System.Text.Json;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Host.Durable;

/// <summary>
/// How far an orchestration is, as its custom status tells it. Small: results stay in the history, errors are cut, the parts of a stage
/// are told as one.
/// </summary>
public sealed class StageBoard
{
    private const int MaxErrorLength = 300;

    private readonly List<StageState> _stages = [];
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    public static IReadOnlyList<StageState> Read(string? customStatus) =>
        customStatus is null ? [] : JsonSerializer.Deserialize<Content>(customStatus, RecordJson.Options)?.Stages ?? [];

    public void Started(IStageDescription stage, int attempt, DateTimeOffset at)
    {
        _open[stage.Name] = _open.GetValueOrDefault(stage.Name) + (attempt == 1 ? 1 : 0);
        var known = _stages.FindIndex(state => state.Name == stage.Name);
        if (known < 0)
        {
            var title = Stages.All.FirstOrDefault(whole => whole.Name == stage.Name)?.Title ?? stage.Title;
            _stages.Add(new StageState { Name = stage.Name, Title = title, Status = StageStatus.Running, StartedAt = at, Attempts = attempt });
        }
        else if (_stages[known].Status != StageStatus.Failed)
        {
            var attempts = Math.Max(_stages[known].Attempts, attempt);
            _stages[known] = _stages[known] with { Status = StageStatus.Running, Attempts = attempts, EndedAt = null };
        }
    }

    public void Completed(IStageDescription stage, DateTimeOffset at) =>
        Change(stage, state => --_open[stage.Name] == 0 && state.Status == StageStatus.Running
            ? state with { Status = StageStatus.Completed, EndedAt = at }
            : state);

    /// <param name="forGood">No further attempt follows.</param>
    public void Failed(IStageDescription stage, string error, bool forGood, DateTimeOffset at)
    {
        var text = error.Length <= MaxErrorLength ? error : error[..MaxErrorLength] + "…";
        Change(stage, state => forGood
            ? state with { Status = StageStatus.Failed, Error = text, EndedAt = at }
            : state with { Error = text });
    }

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(
        new Content(_stages.Count(stage => stage.Status == StageStatus.Completed), _stages), RecordJson.Options);

    private void Change(IStageDescription stage, Func<StageState, StageState> change)
    {
        var index = _stages.FindIndex(state => state.Name == stage.Name);
        _stages[index] = change(_stages[index]);
    }

    private sealed record Content(int StagesCompleted, IReadOnlyList<StageState> Stages);
}
