using System.CommandLine;
using Retraining.Cli.Rendering;

namespace Retraining.Cli.Steps;

internal static class ExportCommand
{
    public static Command Create(CliSession session)
    {
        var options = new StepOptions();
        var command = new Command("export", "Write a run's model as ONNX, safetensors and PyTorch state dict with schema, vocabularies and golden payloads");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(session, options, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, StepOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var runner = new StepRunner(session, options);
        if (await runner.RunAsync(services, parsed, [Stages.ExportModel.Name], cancellationToken) is not { } steps)
            return ExitCodes.Rejected;

        var export = steps.Result(Stages.ExportModel);
        await runner.CopyAsync(services, parsed, export.Files, cancellationToken);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed)
            ? CliJson.Text(export)
            : $"{steps.RunId}: {export.Files.Count} files, {Units.Size(export.Files.Sum(file => file.SizeBytes))}, largest difference to ONNX Runtime {export.MaxDifference:G2}");
        return ExitCodes.Done;
    }
}
