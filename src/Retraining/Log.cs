using Microsoft.Extensions.Logging;

namespace Retraining;

/// <summary>Event ids in blocks of 100 per stage.</summary>
internal static partial class Log
{
    [LoggerMessage(900, LogLevel.Information, "{Message}")]
    public static partial void Announced(this ILogger logger, string message);

    [LoggerMessage(902, LogLevel.Information, "{Progress}")]
    public static partial void StageProgressed(this ILogger logger, string progress);

    [LoggerMessage(901, LogLevel.Warning, "{Channel} could not be told: {Failure}")]
    public static partial void ChannelFailed(this ILogger logger, string channel, string failure);
}
