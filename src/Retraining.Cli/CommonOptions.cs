using System.CommandLine;

namespace Retraining.Cli;

/// <summary>Options that every command takes.</summary>
internal sealed class CommonOptions
{
    public Option<string?> Config { get; } = new("--config")
    {
        Description = "Settings in YAML or JSON (default: config/default.yaml where it exists)",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Override a setting, such as training.epochs=10",
        HelpName = "KEY=VALUE",
        Recursive = true,
        DefaultValueFactory = _ => [],
    };

    public Option<string?> PgDsn { get; } = new("--pg-dsn")
    {
        Description = "PostgreSQL to read and serve from, instead of DATABASE_URL",
        HelpName = "DSN",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Print the result as JSON", Recursive = true };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Print logs, and where an error came from", Recursive = true };

    public void AddTo(Command root)
    {
        root.Options.Add(Config);
        root.Options.Add(Set);
        root.Options.Add(PgDsn);
        root.Options.Add(Json);
        root.Options.Add(Verbose);
    }
}
