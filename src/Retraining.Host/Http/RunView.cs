using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>A run as the API tells it.</summary>
internal sealed record RunView(
    string Id, RunStatus Status, bool Interrupted, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string StartedBy, bool DryRun,
    RetrainingRequest Request, IReadOnlyList<RunView.Stage> Stages, RetrainingResult? Result, string? Error)
{
    internal sealed record Stage(
        string Name, string Title, StageStatus Status, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int Attempts, string? Error,
        StageProgress? Progress, JsonNode? Result)
    {
        public static Stage Of(StageState stage) => new(
            stage.Name, stage.Title, stage.Status, stage.StartedAt, stage.EndedAt, stage.Attempts, stage.Error, stage.Progress,
            Parse(stage.ResultJson));
    }

    public static RunView Of(RunState run) => new(
        run.RunId, run.Status, run.Interrupted, run.CreatedAt, run.UpdatedAt, run.Request.StartedBy, run.Request.DryRun, run.Request,
        [.. run.Stages.Select(Stage.Of)],
        run.Result,
        run.Error);

    private static JsonNode? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return json;
        }
    }
}
