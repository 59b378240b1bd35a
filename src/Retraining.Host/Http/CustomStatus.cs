using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Execution;
using Retraining.Host.Durable;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>How far a run is, in as little space as Durable Functions gives a custom status: 16 KB of UTF-16.</summary>
internal static class CustomStatus
{
    /// <returns>Null when there is nothing to tell; otherwise at most <see cref="StageBoard.MaxLength"/> characters of JSON.</returns>
    public static JsonObject? Of(RunBrief run)
    {
        if (run.Running.Count == 0)
            return run.Ending is { } end ? new JsonObject { ["outcome"] = end.Outcome.ToString(), ["version"] = end.Version } : null;

        // The first that fits.
        Func<JsonArray>[] stages =
        [
            () => Each(run.Running, progress => progress),
            () => Each(run.Running, progress => progress?.Cut(message: 60, values: 2)),
            () => Each(run.Running, _ => null),
            () => ByName(run.Running),
        ];
        return stages.Select(told => Node(run, told())).First(node => node.ToJsonString(HostJson.Options).Length <= StageBoard.MaxLength);
    }

    private static JsonObject Node(RunBrief run, JsonArray stages) =>
        new() { ["stagesCompleted"] = run.StagesCompleted, ["stages"] = stages };

    private static JsonArray Each(IReadOnlyList<StageState> stages, Func<StageProgress?, StageProgress?> small) =>
    [
        .. stages.Select(stage => new JsonObject
        {
            ["name"] = stage.Name,
            ["attempt"] = stage.Attempts,
            ["progress"] = JsonSerializer.SerializeToNode(small(stage.Progress), HostJson.Options),
        }),
    ];

    /// <summary>The definition names few stages, however many parts they have.</summary>
    private static JsonArray ByName(IReadOnlyList<StageState> stages) =>
    [
        .. stages.GroupBy(stage => stage.Name, StringComparer.Ordinal).Select(parts => new JsonObject
        {
            ["name"] = parts.Key,
            ["attempt"] = parts.Max(part => part.Attempts),
            ["parts"] = parts.Count(),
        }),
    ];
}
