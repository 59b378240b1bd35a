namespace Retraining.Tests.Cli;

/// <summary>What a command left.</summary>
internal sealed record CliResult(int Code, string Out, string Error);
