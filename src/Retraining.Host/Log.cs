using Microsoft.Extensions.Logging;

namespace Retraining.Host;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Error, "Not ready: runs cannot be read")]
    public static partial void NotReady(this ILogger logger, Exception error);

    [LoggerMessage(1001, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception error);
}
