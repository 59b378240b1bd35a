using Microsoft.Extensions.Logging;

namespace Retraining.DurableTask;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Run {RunId}: {Stage} completed on attempt {Attempt}")]
    public static partial void StageCompleted(this ILogger logger, string runId, string stage, int attempt);

    [LoggerMessage(2, LogLevel.Warning, "Run {RunId}: attempt {Attempt} of {Stage} failed, the next one follows in {Delay}: {Error}")]
    public static partial void AttemptFailed(this ILogger logger, string runId, string stage, int attempt, string error, TimeSpan delay);

    [LoggerMessage(3, LogLevel.Error, "Run {RunId}: {Stage} failed for good on attempt {Attempt}: {Error}")]
    public static partial void StageFailed(this ILogger logger, string runId, string stage, int attempt, string error);
}
