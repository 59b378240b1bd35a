using Microsoft.Extensions.Logging;

namespace Retraining;

/// <summary>Event ids in blocks of 100 per stage.</summary>
internal static partial class Log
{
    [LoggerMessage(900, LogLevel.Information, "{Message}")]
    public static partial void RunEnded(this ILogger logger, string message);

    [LoggerMessage(901, LogLevel.Warning, "The webhook was not told: {Failure}")]
    public static partial void WebhookFailed(this ILogger logger, string failure);
}
