using System.CommandLine;
using Retraining.Cli.Steps;

namespace Retraining.Cli.Commands;

/// <summary>All commands.</summary>
internal static class RetrainCommands
{
    public static RootCommand Create(CliSession session)
    {
        var root = new RootCommand("Retrains the two-tower recommender and puts it live without making it worse.");
        session.Options.AddTo(root);
        foreach (var command in Commands(session))
            root.Subcommands.Add(command);
        return root;
    }

    private static IEnumerable<Command> Commands(CliSession session) =>
    [
        RunCommand.Create(session),
        PlanCommand.Create(session),
        SettingsCommand.Create(session),
        ResumeCommand.Create(session),
        StatusCommand.Create(session),
        HistoryCommand.Create(session),
        .. SteerCommand.CreateAll(session),
        PurgeCommand.Create(session),
        ServeCommand.Create(session),
        WorkerCommand.Create(session),
        RecommendCommand.Create(session),
        VersionsCommand.Create(session),
        ActivateCommand.Create(session),
        RollbackCommand.Create(session),
        VerifyCommand.Create(session),
        EvaluateCommand.Create(session),
        TuneCommand.Create(session),
        ExportCommand.Create(session),
        EmbedCommand.Create(session),
        ManifestCommand.Create(session),
        PublishCommand.Create(session),
        UpsertCommand.Create(session),
        BenchmarkCommand.Create(session),
        SyncCommand.Create(session),
        SampleCommand.Create(session),
        ImportCommand.Create(session),
    ];
}
