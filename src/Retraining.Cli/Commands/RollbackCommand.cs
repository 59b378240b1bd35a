using System.CommandLine;

namespace Retraining.Cli.Commands;

internal static class RollbackCommand
{
    public static Command Create(CliSession session)
    {
        var version = new Argument<string?>("version")
        {
            Description = "Version to make live (default: the newest loaded one that is not live)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var options = new ChangeOptions();
        var command = new Command("rollback", "Make an earlier version live again: model, videos and users together") { version };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => VersionChangeRunner.RunAsync(session, parsed.GetValue(version), options, parsed, cancellationToken));
        return command;
    }
}
