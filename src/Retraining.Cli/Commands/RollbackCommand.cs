using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Cli.Commands;

internal static class RollbackCommand
{
    public static Command Create(CliSession session)
    {
        var version = new Argument<string?>("version") { Description = "Version to make live (default: the newest loaded one that is not live)", Arity = ArgumentArity.ZeroOrOne };
        var reason = new Option<string>("--reason") { Description = "Why; goes into the ledger", HelpName = "TEXT", Required = true };
        var by = new Option<string>("--by") { Description = "Who", HelpName = "NAME", DefaultValueFactory = _ => "cli" };
        var command = new Command("rollback", "Make an earlier version live again: model, videos and users together") { version, reason, by };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(session, parsed.GetValue(version), parsed.GetValue(by)!, parsed.GetValue(reason)!, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? version, string by, string reason, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var settings = services.GetRequiredService<RetrainingSettings>();
        var openIndex = services.GetRequiredService<OpenVectorIndex>();
        version ??= await PreviousAsync(openIndex(settings.Serving), cancellationToken);
        if (!VersionName.IsValid(version))
            throw new UsageException($"version {version}, expected yyyyMMdd_HHmmss as `retrain versions` lists them");

        var models = new ModelSwitch(services.GetRequiredService<OpenPublishStore>(), openIndex, settings.Publish, settings.Serving);
        var activation = await models.RollBackAsync(version, by, reason, cancellationToken);
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
                ?? throw new UsageException("no earlier version is loaded, expected one that `retrain versions` shows as loaded");
        }
    }
}
