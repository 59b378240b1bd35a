using System.CommandLine;
using Retraining.Cli.Rendering;

namespace Retraining.Cli.Steps;

internal static class ManifestCommand
{
    public static Command Create(CliSession session) => StepCommand.Create(
        session,
        "manifest",
        "Complete the files of a version from a run's model and close them with manifest.json",
        [Stages.WriteManifest.Name],
        Answer);

    private static StepAnswer Answer(StepContext steps)
    {
        var artifacts = steps.Result(Stages.WriteManifest);
        var size = Units.Size(artifacts.Files.Sum(file => file.SizeBytes));
        var text = $"{artifacts.Version}: {artifacts.Files.Count} files, {size}, manifest {artifacts.Manifest.Sha256}";
        return new([.. artifacts.Files, artifacts.Manifest], artifacts, text); // manifest last
    }
}
