using Microsoft.Extensions.Logging;

namespace Retraining.Operations;

/// <summary>Puts the run, and within it the stage, on every log line that is written meanwhile, by whomever; named as in traces.</summary>
public static class RunScope
{
    public const string RunId = "retrain.run.id";
    public const string Stage = "retrain.stage";

    public static IDisposable? BeginRun(this ILogger logger, string runId) => Begin(logger, RunId, runId);

    public static IDisposable? BeginStage(this ILogger logger, string stage) => Begin(logger, Stage, stage);

    private static IDisposable? Begin(ILogger logger, string name, string value) =>
        logger.BeginScope<KeyValuePair<string, object?>[]>([new(name, value)]);
}
