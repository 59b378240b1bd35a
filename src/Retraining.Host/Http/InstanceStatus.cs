using System.Globalization;
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
    public RawJson? Input { get; init; }
    public JsonNode? CustomStatus { get; init; }
    public RawJson? Output { get; init; }
    public required string CreatedTime { get; init; }
    public required string LastUpdatedTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonArray? HistoryEvents { get; init; }

    public static InstanceStatus Of(RunState run, bool showInput, JsonArray? history = null) => Of(
        RunBrief.Of(run), showInput ? RawJson.Of(run.Request) : null, run.Result is { } result ? RawJson.Of(result) : null, history);

    /// <param name="run">With its records.</param>
    public static InstanceStatus Of(RunBrief run, bool showInput) => Of(
        run,
        showInput && run.RequestJson is { } request ? new RawJson(request) : null,
        run.Ending is not null && run.ResultJson is { } result ? new RawJson(result) : null,
        history: null);

    private static InstanceStatus Of(RunBrief run, RawJson? input, RawJson? result, JsonArray? history) => new()
    {
        InstanceId = run.RunId,
        RuntimeStatus = run.Status.ToString(),
        Input = input,
        CustomStatus = Http.CustomStatus.Of(run),
        Output = result ?? (run.Error is { } error ? RawJson.Of(error) : null),
        CreatedTime = Time(run.CreatedAt),
        LastUpdatedTime = Time(run.UpdatedAt),
        HistoryEvents = history,
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("s", CultureInfo.InvariantCulture) + "Z";
}
