using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Publish;

namespace Retraining.Cli.Steps;

internal static class PublishCommand
{
    public static Command Create(CliSession session)
    {
        var options = new StepOptions();
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be published where, and publish nothing" };
        var command = new Command("publish", "Publish a run's model as an immutable version; `upsert` and `activate` make it live") { dryRun };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(session, options, parsed.GetValue(dryRun), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, StepOptions options, bool dryRun, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var runner = new StepRunner(session, options);
        var last = dryRun ? Stages.WriteManifest.Name : Stages.PublishVersion.Name;
        if (await runner.RunAsync(services, parsed, [last], cancellationToken) is not { } steps)
            return ExitCodes.Rejected;

        var artifacts = steps.Result(Stages.WriteManifest);
        await runner.CopyAsync(services, parsed, [.. artifacts.Files, artifacts.Manifest], cancellationToken);
        var (result, text) = dryRun ? Planned(services, artifacts) : Published(steps);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed) ? CliJson.Text(result) : text);
        return ExitCodes.Done;
    }

    private static (object Result, string Text) Published(StepContext steps)
    {
        var published = steps.Result(Stages.PublishVersion);
        return (published, $"{published.Version}: {published.Files} files, {Units.Size(published.SizeBytes)}, published to {published.Location}");
    }

    private static (object Result, string Text) Planned(IServiceProvider services, ArtifactSet artifacts)
    {
        var settings = services.GetRequiredService<RetrainingSettings>().Publish;
        var store = services.GetRequiredService<OpenPublishStore>()(settings);
        var location = $"{store.Location.TrimEnd('/')}/{PublishPaths.VersionFolder(settings.Prefix, artifacts.Version)}";
        var size = artifacts.Files.Sum(file => file.SizeBytes) + artifacts.Manifest.SizeBytes;
        return (new { artifacts.Version, location, files = artifacts.Files.Count + 1, sizeBytes = size, published = false },
            $"{artifacts.Version}: would publish {artifacts.Files.Count + 1} files, {Units.Size(size)}, to {location}");
    }
}
