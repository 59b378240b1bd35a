using Microsoft.Extensions.Logging;

namespace Retraining.Local;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "{File}: {TornBytes} bytes after byte {IntactBytes} are an interrupted write; cut off")]
    public static partial void JournalRepaired(this ILogger logger, string file, long tornBytes, long intactBytes);

    [LoggerMessage(1001, LogLevel.Information, "Run {RunId} started, version {Version}, by {StartedBy}")]
    public static partial void RunStarted(this ILogger logger, string runId, string version, string startedBy);

    [LoggerMessage(1002, LogLevel.Information, "Run {RunId} goes on: {Completed} stages are done")]
    public static partial void RunContinued(this ILogger logger, string runId, int completed);

    [LoggerMessage(1003, LogLevel.Information, "Run {RunId} ended: {Status}")]
    public static partial void RunEnded(this ILogger logger, string runId, string status);

    [LoggerMessage(1004, LogLevel.Error, "Run {RunId} cannot be carried on: {Error}")]
    public static partial void RunBroken(this ILogger logger, string runId, string error);

    [LoggerMessage(1005, LogLevel.Information, "Stage {Stage} started, attempt {Attempt}")]
    public static partial void StageStarted(this ILogger logger, string stage, int attempt);

    [LoggerMessage(1006, LogLevel.Information, "Stage {Stage} completed in {ElapsedMs:F0} ms")]
    public static partial void StageCompleted(this ILogger logger, string stage, double elapsedMs);

    [LoggerMessage(1007, LogLevel.Warning, "Stage {Stage}, attempt {Attempt} failed: {Error}; next attempt in {DelayMs:F0} ms")]
    public static partial void AttemptFailed(this ILogger logger, string stage, int attempt, string error, double delayMs);

    [LoggerMessage(1008, LogLevel.Error, "Stage {Stage} failed at attempt {Attempts}: {Error}")]
    public static partial void StageFailed(this ILogger logger, string stage, int attempts, string error);

    [LoggerMessage(1009, LogLevel.Warning, "Run {RunId}: {Running} stages did not stop within {LimitMs:F0} ms of the cancellation")]
    public static partial void StagesDidNotStop(this ILogger logger, string runId, int running, double limitMs);

    [LoggerMessage(1010, LogLevel.Warning, "Progress of run {RunId} cannot be written: {Error}")]
    public static partial void ProgressNotWritten(this ILogger logger, string runId, string error);

    [LoggerMessage(1012, LogLevel.Warning, "What was asked of run {RunId} cannot be read: {Error}")]
    public static partial void RequestsUnread(this ILogger logger, string runId, string error);

    [LoggerMessage(1011, LogLevel.Warning, "{File} is no control request and is ignored: {Error}")]
    public static partial void ControlIgnored(this ILogger logger, string file, string error);
}
