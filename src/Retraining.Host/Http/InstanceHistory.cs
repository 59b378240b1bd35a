using System.Globalization;
using System.Text.Json.Nodes;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>A run's journal in the words of Durable Functions' history: a stage is a task, and what scheduled it is folded into its end.</summary>
internal static class InstanceHistory
{
    public static JsonArray Of(IReadOnlyList<RunEvent> events, bool showInput, bool showOutput)
    {
        var scheduled = new Dictionary<string, (DateTimeOffset At, JsonNode? Input)>(StringComparer.Ordinal);
        var lastFailed = new HashSet<string>(StringComparer.Ordinal);
        var history = new JsonArray();
        foreach (var entry in events)
        {
            if (entry.Kind == EventKinds.StageStarted)
                scheduled[CallOf(entry)] = (entry.At, Input(entry, "input"));
            if (entry.Kind == EventKinds.AttemptFailed && Content(entry, "retryInMs") is null)
                lastFailed.Add(CallOf(entry));
            // The last attempt's failure is the stage's: one task, one event.
            if (entry.Kind == EventKinds.StageFailed && lastFailed.Remove(CallOf(entry)))
                continue;
            if (Node(entry, showInput, showOutput) is { } node)
                history.Add(Complete(node, entry, scheduled, showInput));
        }

        return history;
    }

    private static JsonObject? Node(RunEvent entry, bool showInput, bool showOutput) => entry.Kind switch
    {
        EventKinds.RunStarted => Event(
            "ExecutionStarted", ("FunctionName", InstanceStatus.Orchestrator), ("Input", showInput ? Input(entry, "request") : null)),
        EventKinds.StageCompleted => Event("TaskCompleted", ("Result", showOutput ? Content(entry, "result") : null)),
        EventKinds.AttemptFailed or EventKinds.StageFailed => Event("TaskFailed", ("Reason", Content(entry, "error"))),
        EventKinds.RunCompleted => Ended("Completed", showOutput ? Content(entry, "result") : null),
        EventKinds.RunFailed => Ended("Failed", showOutput ? Content(entry, "error") : null),
        EventKinds.RunTerminated => Ended("Terminated", showOutput ? Content(entry, "reason") : null),
        EventKinds.RunSuspended => Event("ExecutionSuspended", ("Reason", Content(entry, "reason"))),
        EventKinds.RunResumed => Event("ExecutionResumed", ("Reason", Content(entry, "reason"))),
        EventKinds.RunRewound => Event("ExecutionRewound", ("Reason", Content(entry, "reason"))),
        EventKinds.EventRaised => Event(
            "EventRaised", ("Name", Content(entry, "name")), ("Input", showInput ? Input(entry, "value") : null)),
        _ => null,
    };

    private static JsonObject Complete(
        JsonObject node, RunEvent entry, Dictionary<string, (DateTimeOffset At, JsonNode? Input)> scheduled, bool showInput)
    {
        node["Timestamp"] = Time(entry.At);
        if (entry.Stage is not { } stage)
            return node;

        var (at, input) = scheduled.GetValueOrDefault(CallOf(entry), (entry.At, null));
        node["FunctionName"] = stage;
        node["ScheduledTime"] = Time(at);
        if (showInput)
            node["Input"] = input?.DeepClone();
        return node;
    }

    private static string CallOf(RunEvent entry) => $"{entry.Call} {entry.Stage}";

    private static JsonObject Ended(string status, JsonNode? result) =>
        Event("ExecutionCompleted", ("OrchestrationStatus", status), ("Result", result));

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

    private static JsonNode? Content(RunEvent entry, string member) => (JsonNode.Parse(entry.Json) as JsonObject)?[member]?.DeepClone();

    // Durable Functions parses results, but leaves an input the JSON text that its history holds.
    private static JsonNode? Input(RunEvent entry, string member) => Content(entry, member)?.ToJsonString(HostJson.Options);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
