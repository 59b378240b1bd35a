using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>A run in Durable Functions' own shape.</summary>
internal sealed record InstanceStatus
{
    /// <summary>What Durable Functions calls the orchestrator's name.</summary>
    public const string Orchestrator = nameof(RetrainingPipeline);

    public string Name { get; init; } = Orchestrator;

    public required string InstanceId { get; init; }
    public required string RuntimeStatus { get; init; }
    public JsonNode? Input { get; init; }
    public JsonNode? CustomStatus { get; init; }
    public JsonNode? Output { get; init; }
    public required string CreatedTime { get; init; }
    public required string LastUpdatedTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonArray? HistoryEvents { get; init; }

    public static InstanceStatus Of(RunState run, bool showInput, JsonArray? history = null) => new()
    {
        InstanceId = run.RunId,
        RuntimeStatus = run.Status.ToString(),
        Input = showInput ? JsonSerializer.SerializeToNode(run.Request, HostJson.Options) : null,
        CustomStatus = CustomStatusOf(run),
        Output = run.Result is { } result ? JsonSerializer.SerializeToNode(result, HostJson.Options) : run.Error,
        CreatedTime = Time(run.CreatedAt),
        LastUpdatedTime = Time(run.UpdatedAt),
        HistoryEvents = history,
    };

    private static JsonObject? CustomStatusOf(RunState run)
    {
        var running = run.Stages.Where(stage => stage.Status == StageStatus.Running).ToList();
        if (running.Count == 0)
            return run.Result is { } result ? new JsonObject { ["outcome"] = result.Outcome.ToString(), ["version"] = result.Version } : null;
        return new JsonObject
        {
            ["stagesCompleted"] = run.Stages.Count(stage => stage.Status == StageStatus.Completed),
            ["stages"] = new JsonArray([.. running.Select(StageNode)]),
        };
    }

    private static JsonObject StageNode(StageState stage) => new()
    {
        ["name"] = stage.Name,
        ["attempt"] = stage.Attempts,
        ["progress"] = JsonSerializer.SerializeToNode(stage.Progress, HostJson.Options),
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("s", CultureInfo.InvariantCulture) + "Z";
}
