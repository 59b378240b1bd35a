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
    /// <summary>Characters: hubs take 16 KB of UTF-16.</summary>
    public const int MaxLength = 8 * 1024;

    // The first that fits is taken.
    private static readonly int[] ErrorLengths = [300, 100, 20];

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
        Change(stage, state => forGood
            ? state with { Status = StageStatus.Failed, Error = error, EndedAt = at }
            : state with { Error = error });
    }

    /// <returns>At most <see cref="MaxLength"/> characters of JSON.</returns>
    public JsonElement ToJson()
    {
        var fitting = ErrorLengths.Select(ToJson).FirstOrDefault(json => json.Length <= MaxLength) ?? ToJson(0);
        return JsonSerializer.Deserialize<JsonElement>(fitting);
    }

    private string ToJson(int errorLength)
    {
        var stages = _stages.Select(stage => stage with { Error = Cut(stage.Error, errorLength) }).ToList();
        return JsonSerializer.Serialize(new Content(stages.Count(stage => stage.Status == StageStatus.Completed), stages), RecordJson.Options);
    }

    private static string? Cut(string? error, int length) => error is null || error.Length <= length ? error : error[..length] + "…";

    private void Change(IStageDescription stage, Func<StageState, StageState> change)
    {
        var index = _stages.FindIndex(state => state.Name == stage.Name);
        _stages[index] = change(_stages[index]);
    }

    private sealed record Content(int StagesCompleted, IReadOnlyList<StageState> Stages);
}
