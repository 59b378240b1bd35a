using System.CommandLine;
using Retraining.Cli.Rendering;

namespace Retraining.Cli.Steps;

internal static class ManifestCommand
{
    public static Command Create(CliSession session)
    {
        var options = new StepOptions();
        var command = new Command("manifest", "Complete the files of a version from a run's model and close them with manifest.json");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(session, options, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, StepOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var runner = new StepRunner(session, options);
        if (await runner.RunAsync(services, parsed, [Stages.WriteManifest.Name], cancellationToken) is not { } steps)
            return ExitCodes.Rejected;

        var artifacts = steps.Result(Stages.WriteManifest);
        await runner.CopyAsync(services, parsed, [.. artifacts.Files, artifacts.Manifest], cancellationToken); // manifest last
        await session.Streams.Out.WriteLineAsync(session.Json(parsed)
            ? CliJson.Text(artifacts)
            : $"{artifacts.Version}: {artifacts.Files.Count} files, {Units.Size(artifacts.Files.Sum(file => file.SizeBytes))}, manifest {artifacts.Manifest.Sha256}");
        return ExitCodes.Done;
    }
}
