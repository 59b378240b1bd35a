using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Cli.Commands;

/// <summary>Makes a version live, for <c>activate</c> and <c>rollback</c>.</summary>
internal static class VersionChangeRunner
{
    /// <param name="version">Null takes the newest loaded one that is not live.</param>
    public static async Task<int> RunAsync(
        CliSession session, string? version, ChangeOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var settings = services.GetRequiredService<RetrainingSettings>();
        var openIndex = services.GetRequiredService<OpenVectorIndex>();
        version ??= await PreviousAsync(openIndex(settings.Serving), cancellationToken);
        if (!VersionName.IsValid(version))
            throw new UsageException($"version {version}, expected yyyyMMdd_HHmmss as `retrain versions` lists them");

        var rollback = new VersionRollback(
            services.GetRequiredService<OpenPublishStore>(), openIndex, settings.Publish, settings.Serving, settings.Source.PositiveDecisions);
        var progress = new ProgressWriter(session.Streams.Error, TimeProvider.System);
        var activation = await rollback.RunAsync(version, options.By(parsed), options.Reason(parsed), progress, cancellationToken);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed)
            ? CliJson.Text(activation)
            : $"{activation.Version} is live, before it was {activation.PreviousVersion ?? "none"}");
        return ExitCodes.Done;
    }

    private static async Task<string> PreviousAsync(IVectorIndex index, CancellationToken cancellationToken)
    {
        await using (index)
        {
            var versions = await index.ListVersionsAsync(cancellationToken);
            return versions.FirstOrDefault(version => version is { IsActive: false, IsLoaded: true })?.Version
                ?? throw new UsageException("no earlier version is loaded, expected one that `retrain versions` shows as loaded, or a version's name");
        }
    }
}
