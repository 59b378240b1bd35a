using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Host.Durable;

/// <summary>The history of a run on a hub in this program's own words, as far as its state tells it; the hub's dashboard has every event.</summary>
public static class HubHistory
{
    public static IReadOnlyList<RunEvent> Of(RunState run)
    {
        var events = new List<(DateTimeOffset At, string Kind, string? Stage, JsonObject Content)>
        {
            (run.CreatedAt, EventKinds.RunStarted, null, new JsonObject { ["request"] = Node(run.Request) }),
        };
        foreach (var stage in run.Stages)
        {
            events.Add((stage.StartedAt, EventKinds.StageStarted, stage.Name, new JsonObject { ["title"] = stage.Title }));
            if (stage.Status == StageStatus.Completed)
                events.Add((stage.EndedAt ?? run.UpdatedAt, EventKinds.StageCompleted, stage.Name, new JsonObject { ["attempts"] = stage.Attempts }));
            else if (stage.Error is { } error)
                events.Add((stage.EndedAt ?? run.UpdatedAt, stage.Status == StageStatus.Failed ? EventKinds.StageFailed : EventKinds.AttemptFailed,
                    stage.Name, new JsonObject { ["attempts"] = stage.Attempts, ["error"] = error }));
        }

        if (run.Status == RunStatus.Completed)
            events.Add((run.UpdatedAt, EventKinds.RunCompleted, null, new JsonObject { ["result"] = Node(run.Result) }));
        else if (run.Status == RunStatus.Failed)
            events.Add((run.UpdatedAt, EventKinds.RunFailed, null, new JsonObject { ["error"] = run.Error }));
        else if (run.Status == RunStatus.Terminated)
            events.Add((run.UpdatedAt, EventKinds.RunTerminated, null, new JsonObject { ["reason"] = run.Error }));

        return [.. events.OrderBy(entry => entry.At).Select((entry, sequence) =>
            new RunEvent(sequence, entry.At, entry.Kind, entry.Stage, entry.Content.ToJsonString(RecordJson.Options)))];
    }

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, RecordJson.Options);
}
