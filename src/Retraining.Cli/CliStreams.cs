namespace Retraining.Cli;

/// <summary>Where a command writes: results to one stream, progress and errors to the other.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress, logs, errors.</param>
/// <param name="Live">Whether <paramref name="Error"/> is a terminal that can be redrawn.</param>
internal sealed record CliStreams(TextWriter Out, TextWriter Error, bool Live)
{
    public static CliStreams OfProcess() => new(Console.Out, Console.Error, !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb");
}
