using System.Text.Json;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Host.Durable;

/// <summary>How far an orchestration is, as its custom status tells it. Small: results stay in the history, errors are cut.</summary>
public sealed class StageBoard
{
    private const int MaxErrorLength = 300;

    private readonly List<StageState> _stages = [];

    public static IReadOnlyList<StageState> Read(string? customStatus) =>
        customStatus is null ? [] : JsonSerializer.Deserialize<Content>(customStatus, RecordJson.Options)?.Stages ?? [];

    public void Started(IStageDescription stage, int attempt, DateTimeOffset at)
    {
        var known = _stages.FindIndex(state => state.Name == stage.Name);
        if (known >= 0)
        {
            _stages[known] = _stages[known] with { Status = StageStatus.Running, Attempts = attempt, EndedAt = null };
            return;
        }

        _stages.Add(new StageState { Name = stage.Name, Title = stage.Title, Status = StageStatus.Running, StartedAt = at, Attempts = attempt });
    }

    public void Completed(IStageDescription stage, DateTimeOffset at) =>
        Change(stage, state => state with { Status = StageStatus.Completed, EndedAt = at });

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
