using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;

namespace Retraining.Cli.Commands;

internal static class SettingsCommand
{
    public static Command Create(CliSession session)
    {
        var defaults = new Option<bool>("--defaults") { Description = "The defaults instead: what config/default.yaml holds" };
        var command = new Command("settings", "Print every setting in force as YAML, with what it means") { defaults };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(defaults), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, bool defaults, ParseResult parsed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var settings = new RetrainingSettings();
        if (!defaults)
        {
            await using var services = session.Compose(parsed);
            settings = services.GetRequiredService<RetrainingSettings>();
        }

        await session.Streams.Out.WriteAsync(session.Json(parsed) ? CliJson.Text(settings) + Environment.NewLine : SettingsYaml.Write(settings));
        return ExitCodes.Done;
    }
}
