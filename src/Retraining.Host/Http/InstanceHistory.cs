using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>A run's journal in the words of Durable Functions' history: a stage is a task, and what scheduled it is folded into its end.</summary>
internal static class InstanceHistory
{
    public static JsonArray Of(IReadOnlyList<RunEvent> events, bool showInput, bool showOutput)
    {
        var scheduled = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var history = new JsonArray();
        foreach (var entry in events)
        {
            if (entry.Kind == "stage-started" && entry.Stage is { } stage)
                scheduled[stage] = entry.At;
            else if (Node(entry, scheduled, showInput, showOutput) is { } node)
                history.Add(node);
        }

        return history;
    }

    private static JsonObject? Node(RunEvent entry, Dictionary<string, DateTimeOffset> scheduled, bool showInput, bool showOutput)
    {
        var node = entry.Kind switch
        {
            "run-started" => Event("ExecutionStarted", ("FunctionName", InstanceStatus.Orchestrator), ("Input", showInput ? Content(entry) : null)),
            "stage-completed" => Event("TaskCompleted", ("Result", showOutput ? Content(entry) : null)),
            "attempt-failed" or "stage-failed" => Event("TaskFailed", ("Reason", Content(entry))),
            "run-completed" => Completed("Completed", entry, showOutput),
            "run-failed" => Completed("Failed", entry, showOutput),
            "run-terminated" => Completed("Terminated", entry, showOutput),
            "run-suspended" => Event("ExecutionSuspended", ("Reason", Content(entry))),
            "run-resumed" => Event("ExecutionResumed", ("Reason", Content(entry))),
            "event-raised" => Event("EventRaised", ("Input", showInput ? Content(entry) : null)),
            _ => null,
        };
        if (node is null)
            return null;

        node["Timestamp"] = Time(entry.At);
        if (entry.Stage is { } stage)
        {
            node["FunctionName"] = stage;
            node["ScheduledTime"] = Time(scheduled.GetValueOrDefault(stage, entry.At));
        }

        return node;
    }

    private static JsonObject Completed(string status, RunEvent entry, bool showOutput) =>
        Event("ExecutionCompleted", ("OrchestrationStatus", status), ("Result", showOutput ? Content(entry) : null));

    private static JsonObject Event(string type, params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var node = new JsonObject { ["EventType"] = type };
        foreach (var (name, value) in members)
        {
            if (value is not null)
                node[name] = value;
        }

        return node;
    }

    private static JsonNode? Content(RunEvent entry)
    {
        try
        {
            return JsonNode.Parse(entry.Json);
        }
        catch (JsonException)
        {
            return entry.Json; // an error's text
        }
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
