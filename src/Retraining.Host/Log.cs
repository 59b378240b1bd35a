using Microsoft.Extensions.Logging;

namespace Retraining.Host;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Error, "Not ready: runs cannot be read")]
    public static partial void NotReady(this ILogger logger, Exception error);

    [LoggerMessage(1001, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception error);

    [LoggerMessage(1009, LogLevel.Warning, "The data report of run {RunId} cannot be read")]
    public static partial void DataReportUnread(this ILogger logger, Exception error, string runId);

    [LoggerMessage(1002, LogLevel.Warning, "The training curve of run {RunId} cannot be read")]
    public static partial void CurveUnread(this ILogger logger, Exception error, string runId);

    [LoggerMessage(1003, LogLevel.Error, "The version ledger cannot be read")]
    public static partial void LedgerUnread(this ILogger logger, Exception error);

    [LoggerMessage(1100, LogLevel.Information, "Run {RunId} is scheduled for {At:u}")]
    public static partial void NextRunScheduled(this ILogger logger, string runId, DateTimeOffset at);

    [LoggerMessage(1101, LogLevel.Information, "Scheduled run {RunId} of {At:u} started")]
    public static partial void ScheduledRunStarted(this ILogger logger, string runId, DateTimeOffset at);

    [LoggerMessage(1102, LogLevel.Information, "Scheduled run {RunId} is served by run {OtherRunId}")]
    public static partial void ScheduledRunServed(this ILogger logger, string runId, string otherRunId);

    [LoggerMessage(1103, LogLevel.Warning, "Scheduled run {RunId} waits for run {OtherRunId}, which is still in progress")]
    public static partial void ScheduledRunWaits(this ILogger logger, string runId, string otherRunId);

    [LoggerMessage(1104, LogLevel.Error, "Scheduled run {RunId} could not start, and is tried again")]
    public static partial void ScheduledRunFailed(this ILogger logger, Exception error, string runId);

    [LoggerMessage(1105, LogLevel.Warning, "Run {RunId} of {At:u} was missed; caught up: {CaughtUp}")]
    public static partial void RunMissed(this ILogger logger, string runId, DateTimeOffset at, bool caughtUp);

    [LoggerMessage(1106, LogLevel.Information, "Going on with interrupted run {RunId}")]
    public static partial void InterruptedRunResumed(this ILogger logger, string runId);

    [LoggerMessage(1107, LogLevel.Error, "Interrupted runs could not be resumed")]
    public static partial void InterruptedRunsLeft(this ILogger logger, Exception error);

    [LoggerMessage(1109, LogLevel.Error, "Interrupted run {RunId} could not be taken over")]
    public static partial void InterruptedRunLeft(this ILogger logger, Exception error, string runId);

    [LoggerMessage(1110, LogLevel.Error, "The schedule could not be looked at, and is again in a minute")]
    public static partial void ScheduleUnread(this ILogger logger, Exception error);

    [LoggerMessage(1111, LogLevel.Warning, "The work store cannot tell or take what people were told; another host may tell it again")]
    public static partial void NewsNotRemembered(this ILogger logger, Exception error);

    [LoggerMessage(1108, LogLevel.Warning, "Stage {Stage} of run {RunId} could not tell its progress or ask whether it is cancelled")]
    public static partial void StageUnwatched(this ILogger logger, Exception error, string stage, string runId);
}
