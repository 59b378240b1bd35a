using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Publish;

namespace Retraining.Cli.Commands;

internal static class VerifyCommand
{
    public static Command Create(CliSession session)
    {
        var version = new Argument<string?>("version") { Description = "Version to verify (default: the live one)", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("verify", "Read a published version back and hold every file against its manifest") { version };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(version), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? version, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var settings = services.GetRequiredService<RetrainingSettings>().Publish;
        var store = services.GetRequiredService<OpenPublishStore>()(settings);
        var models = new ModelStore(store, settings.Prefix);
        var manifest = version is null ? await models.ReadReigningAsync(cancellationToken) : await ManifestAsync(models, version, cancellationToken);
        if (manifest is null)
            throw new IOException($"{store.Location}: no manifest of {version ?? "a live version"}, expected one");

        var faults = await PublishedFiles.FindFaultsAsync(models, manifest, cancellationToken);
        if (session.Json(parsed))
            await session.Streams.Out.WriteLineAsync(CliJson.Text(new { manifest.Version, files = manifest.Files.Count, faults }));
        else
            await WriteAsync(session.Streams.Out, manifest, faults);
        return faults.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static Task<PublishedManifest?> ManifestAsync(ModelStore models, string version, CancellationToken cancellationToken) =>
        VersionName.IsValid(version)
            ? models.ReadManifestAsync(version, cancellationToken)
            : throw new UsageException($"version {version}, expected yyyyMMdd_HHmmss");

    private static async Task WriteAsync(TextWriter writer, PublishedManifest manifest, IReadOnlyList<string> faults)
    {
        foreach (var fault in faults)
            await writer.WriteLineAsync(fault);
        var size = Units.Size(manifest.Files.Sum(file => file.SizeBytes));
        await writer.WriteLineAsync($"{manifest.Version}: {manifest.Files.Count} files, {size}, {faults.Count} faults");
    }
}
