using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Serving;

namespace Retraining.Cli.Commands;

internal static class VersionsCommand
{
    public static Command Create(CliSession session)
    {
        var at = new Option<string?>("--at") { Description = "Only what was live at this moment or day (UTC)", HelpName = "TIME" };
        var command = new Command("versions", "List the versions that were live, and which one is; `versions prune` removes old ones") { at };
        command.Subcommands.Add(PruneVersionsCommand.Create(session));
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(at) is { } moment
            ? ShowLiveAsync(session, moment, parsed, cancellationToken)
            : ListAsync(session, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(CliSession session, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        await using var index = services.GetRequiredService<OpenVectorIndex>()(services.GetRequiredService<RetrainingSettings>().Serving);
        var versions = await index.ListVersionsAsync(cancellationToken);
        if (session.Json(parsed))
        {
            await session.Streams.Out.WriteLineAsync(CliJson.Text(versions));
            return ExitCodes.Done;
        }

        var table = Tables.With("version", "state", "activated (UTC)", "by", "reason");
        foreach (var version in versions)
        {
            var state = version.IsActive ? "live" : version.IsLoaded ? "loaded" : "retired";
            table.Row(version.Version, state, $"{version.ActivatedAt?.UtcDateTime:yyyy-MM-dd HH:mm:ss}", version.ActivatedBy ?? "", version.Reason ?? "");
        }

        Tables.Console(session.Streams.Out).Write(table);
        return ExitCodes.Done;
    }

    private static async Task<int> ShowLiveAsync(CliSession session, string text, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            throw new UsageException($"--at {text}, expected a day or a time such as 2026-11-22 or 2026-11-22T12:00:00Z");
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            at = at.AddDays(1).AddTicks(-1); // a day: what was live at its end
        await using var services = session.Compose(parsed);
        await using var index = services.GetRequiredService<OpenVectorIndex>()(services.GetRequiredService<RetrainingSettings>().Serving);
        var live = await index.FindLiveAsync(at, cancellationToken);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed) ? CliJson.Text(live) : Text(live, at));
        return live is null ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static string Text(Activation? live, DateTimeOffset at) => live is null
        ? $"nothing was live at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"
        : $"{live.Version}, live since {live.ActivatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC by {live.By}{(live.Reason is null ? "" : $": {live.Reason}")}"
            + $" (before it {live.PreviousVersion ?? "none"})";
}
