using System.Text.Json;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Host.Page;

/// <summary>What a run has found out so far: from its result, or from its stages while it has none.</summary>
internal static class RunRecords
{
    public static Verdict? Verdict(RunState run) => run.Result?.Verdict ?? OfStage<Verdict>(run, Stages.JudgeQuality.Name);

    public static EvaluationReport? Evaluation(RunState run) => run.Result?.Evaluation ?? OfStage<EvaluationReport>(run, Stages.EvaluateModel.Name);

    /// <summary>The recorded result of a stage; null when there is none, or when the engine keeps none.</summary>
    public static T? OfStage<T>(RunState run, string stage)
        where T : class
    {
        try
        {
            return run.Stages.LastOrDefault(state => state.Name == stage)?.ResultJson is { } json
                ? JsonSerializer.Deserialize<T>(json, RecordJson.Options)
                : null;
        }
        catch (JsonException)
        {
            return null; // recorded by another build; the page still stands
        }
    }
}
