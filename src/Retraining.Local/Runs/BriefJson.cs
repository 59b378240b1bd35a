using System.Text.Json;
using Retraining.Approvals;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Local.Runs;

/// <summary>
/// Reads the brief of an ended run as <see cref="RecordJson"/> wrote it, by hand: in a fresh process the serialiser compiles 800 methods
/// for these types, which takes longer than reading a thousand of them.
/// </summary>
internal static class BriefJson
{
    public static RunBrief Read(JsonElement brief) => new()
    {
        RunId = Required(brief, "runId"),
        Status = Enum.Parse<RunStatus>(Required(brief, "status")),
        CreatedAt = brief.GetProperty("createdAt").GetDateTimeOffset(),
        UpdatedAt = brief.GetProperty("updatedAt").GetDateTimeOffset(),
        StartedBy = Required(brief, "startedBy"),
        DryRun = brief.GetProperty("dryRun").GetBoolean(),
        Ending = brief.GetProperty("ending") is { ValueKind: JsonValueKind.Object } ending ? Ending(ending) : null,
        Error = Text(brief, "error"),
        StagesCompleted = brief.GetProperty("stagesCompleted").GetInt32(),
    };

    private static RunEnding Ending(JsonElement ending) => new()
    {
        Outcome = Enum.Parse<RetrainingOutcome>(Required(ending, "outcome")),
        Version = Required(ending, "version"),
        Location = Text(ending, "location"),
        BrokenRules = [.. ending.GetProperty("brokenRules").EnumerateArray().Select(rule => rule.GetString()!)],
        OverrideReason = Text(ending, "overrideReason"),
        Approval = ending.GetProperty("approval") is { ValueKind: JsonValueKind.Object } answer
            ? answer.Deserialize<Approval>(RecordJson.Options)
            : null,
        Metrics = [.. ending.GetProperty("metrics").EnumerateArray().Select(Metric)],
        ChampionVersion = Text(ending, "championVersion"),
    };

    private static HeadlineMetric Metric(JsonElement metric) =>
        new(Required(metric, "name"), Number(metric, "challenger") ?? double.NaN, Number(metric, "champion"), Number(metric, "popularity"));

    private static string? Text(JsonElement parent, string name) => parent.GetProperty(name).GetString();

    private static string Required(JsonElement parent, string name) => Text(parent, name) ?? throw new JsonException($"{name}: null");

    // Numbers that JSON has no word for are written by name.
    private static double? Number(JsonElement parent, string name) => parent.GetProperty(name) switch
    {
        { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } named => named.Deserialize<double>(RecordJson.Options),
        var number => number.GetDouble(),
    };
}
