using System.CommandLine;
using Retraining.Cli.Rendering;

namespace Retraining.Cli.Steps;

internal static class ExportCommand
{
    public static Command Create(CliSession session) => StepCommand.Create(
        session,
        "export",
        "Write a run's model as ONNX, safetensors and PyTorch state dict with schema, vocabularies and golden payloads",
        [Stages.ExportModel.Name],
        Answer);

    private static StepAnswer Answer(StepContext steps)
    {
        var export = steps.Result(Stages.ExportModel);
        var size = Units.Size(export.Files.Sum(file => file.SizeBytes));
        var text = $"{steps.RunId}: {export.Files.Count} files, {size}, largest difference to ONNX Runtime {export.MaxDifference:G2}";
        return new(export.Files, export, text);
    }
}
