using System.CommandLine;
using System.Globalization;

namespace Retraining.Cli.Steps;

/// <summary>Options of the commands that do single steps with the model of a run.</summary>
internal sealed class StepOptions
{
    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "Run whose trained model to take (default: the newest that trained one)",
        HelpName = "RUN",
    };

    private readonly Option<string?> _outputDir = new("--output-dir") { Description = "Copy the files to this folder as well", HelpName = "FOLDER" };
    private readonly Option<string?> _version = new("--version") { Description = "Name of the version instead of the run's, yyyyMMdd_HHmmss", HelpName = "VERSION" };
    private readonly Option<string?> _reason = new("--override-reason") { Description = "Go on even if the gate refused, and record why", HelpName = "TEXT" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _checkpoint, _outputDir, _version, _reason })
            command.Options.Add(option);
    }

    public string? Checkpoint(ParseResult parsed) => parsed.GetValue(_checkpoint);

    public string? OutputFolder(ParseResult parsed) => parsed.GetValue(_outputDir);

    public string? OverrideReason(ParseResult parsed) => parsed.GetValue(_reason);

    /// <summary>Start that gives the version its name; null for the run's own.</summary>
    public DateTimeOffset? StartedAt(ParseResult parsed)
    {
        if (parsed.GetValue(_version) is not { } version)
            return null;
        return VersionName.IsValid(version)
            ? DateTimeOffset.ParseExact(version, "yyyyMMdd_HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : throw new UsageException($"--version {version}, expected yyyyMMdd_HHmmss such as 20261122_190000");
    }
}
