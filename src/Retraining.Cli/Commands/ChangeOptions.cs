using System.CommandLine;

namespace Retraining.Cli.Commands;

/// <summary>Who changes the live version, and why.</summary>
internal sealed class ChangeOptions
{
    private readonly Option<string> _reason = new("--reason") { Description = "Why; goes into the ledger", HelpName = "TEXT", Required = true };
    private readonly Option<string> _by = new("--by") { Description = "Who", HelpName = "NAME", DefaultValueFactory = _ => "cli" };

    public void AddTo(Command command)
    {
        command.Options.Add(_reason);
        command.Options.Add(_by);
    }

    public string Reason(ParseResult parsed) => parsed.GetValue(_reason)!;

    public string By(ParseResult parsed) => parsed.GetValue(_by)!;
}
