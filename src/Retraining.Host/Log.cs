using Microsoft.Extensions.Logging;

namespace Retraining.Host;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Error, "Not ready: runs cannot be read")]
    public static partial void NotReady(this ILogger logger, Exception error);

    [LoggerMessage(1001, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception error);

    [LoggerMessage(1002, LogLevel.Warning, "The training curve cannot be read")]
    public static partial void CurvesUnread(this ILogger logger, Exception error);

    [LoggerMessage(1003, LogLevel.Error, "The version ledger cannot be read")]
    public static partial void LedgerUnread(this ILogger logger, Exception error);
}
