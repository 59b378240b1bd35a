using System.CommandLine;

namespace Retraining.Cli.Commands;

internal static class ActivateCommand
{
    public static Command Create(CliSession session)
    {
        var version = new Argument<string>("version") { Description = "Published version to make live" };
        var options = new ChangeOptions();
        var command = new Command("activate", "Make a published version live: model, videos and users together") { version };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => VersionChangeRunner.RunAsync(session, parsed.GetValue(version), options, parsed, cancellationToken));
        return command;
    }
}
