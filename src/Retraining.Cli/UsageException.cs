namespace Retraining.Cli;

/// <summary>The command line asks for something that cannot be. Ends with <see cref="ExitCodes.Usage"/>.</summary>
internal sealed class UsageException(string message) : Exception(message);
