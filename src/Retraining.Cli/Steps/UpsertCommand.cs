using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Artifacts;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Cli.Steps;

/// <summary>From a published version on, no run is needed: its own files are loaded.</summary>
internal static class UpsertCommand
{
    public static Command Create(CliSession session)
    {
        var version = new Option<string?>("--version") { Description = "Published version (default: the newest)", HelpName = "VERSION" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Read and check every row, load nothing" };
        var command = new Command("upsert", "Load a published version's embeddings beside the live ones; `activate` makes them live") { version, dryRun };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(session, parsed.GetValue(version), parsed.GetValue(dryRun), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? version, bool dryRun, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (version is not null && !VersionName.IsValid(version))
            throw new UsageException($"--version {version}, expected yyyyMMdd_HHmmss");
        await using var services = session.Compose(parsed);
        var settings = services.GetRequiredService<RetrainingSettings>();
        var store = services.GetRequiredService<OpenPublishStore>()(settings.Publish);
        version ??= await NewestAsync(store, settings.Publish, cancellationToken);
        var embeddings = new PublishedEmbeddings(store, settings.Publish);
        if (dryRun)
            return await CheckAsync(session, parsed, embeddings, version, cancellationToken);

        await using var index = services.GetRequiredService<OpenVectorIndex>()(settings.Serving);
        var progress = new ProgressWriter(session.Streams.Error, TimeProvider.System);
        var loaded = await embeddings.LoadAsync(index, version, settings.Source.PositiveDecisions, progress, cancellationToken);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed)
            ? CliJson.Text(new { version, loaded })
            : $"{version}: {string.Join(" and ", loaded.Select(part => $"{part.Rows} {part.Kind} (ANN recall {part.AnnRecall:F3})"))} in {index.Location}");
        return ExitCodes.Done;
    }

    private static async Task<string> NewestAsync(IArtifactStore store, PublishSettings settings, CancellationToken cancellationToken) =>
        await new ModelStore(store, settings.Prefix).ListVersionsAsync(cancellationToken) is [var newest, ..]
            ? newest
            : throw new IOException($"{store.Location}: no version, expected one that was published");

    private static async Task<int> CheckAsync(
        CliSession session, ParseResult parsed, PublishedEmbeddings embeddings, string version, CancellationToken cancellationToken)
    {
        var videos = await embeddings.CheckAsync(version, EmbeddingKind.Videos, cancellationToken);
        var users = await embeddings.CheckAsync(version, EmbeddingKind.Users, cancellationToken);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed)
            ? CliJson.Text(new { version, videos = videos.Rows, users = users.Rows, dim = videos.Dim, loaded = false })
            : $"{version}: would load {videos.Rows} videos and {users.Rows} users, {videos.Dim} wide");
        return ExitCodes.Done;
    }
}
