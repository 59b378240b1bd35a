using System.Collections;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Data.Common;
using Retraining.Cli.Commands;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Host.Composition;
using Retraining.Operations;

namespace Retraining.Cli;

/// <summary><c>retrain</c>: parses, runs one command, and turns whatever happens into a sentence and an exit code.</summary>
internal static class RetrainProgram
{
    public static Task<int> RunAsync(string[] arguments, CliStreams streams, CancellationToken cancellationToken) =>
        RunAsync(arguments, streams, Environment.GetEnvironmentVariables(), cancellationToken);

    /// <param name="arguments">Without the program's name.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, CliStreams streams, IDictionary variables, CancellationToken cancellationToken)
    {
        var options = new CommonOptions();
        var session = new CliSession(streams, variables, options);
        var parsed = RetrainCommands.Create(session).Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
                await streams.Error.WriteLineAsync(error.Message);
            await streams.Error.WriteLineAsync($"retrain {string.Join(' ', NamesOf(parsed))}--help tells the usage");
            return ExitCodes.Usage;
        }

        var verbose = parsed.GetValue(options.Verbose);
        var secrets = HostSecrets.From(variables, parsed.GetValue(options.PgDsn)).Redaction();
        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = streams.Out,
                Error = streams.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await streams.Error.WriteLineAsync("cancelled");
            return ExitCodes.Cancelled;
        }
        catch (Exception e)
        {
            await streams.Error.WriteLineAsync(secrets.Redact(verbose ? e.ToString() : Sentence(e)));
            return e is SettingsException or UsageException ? ExitCodes.Usage : ExitCodes.Failed;
        }
    }

    private static string Sentence(Exception fault) => fault switch
    {
        SettingsException or UsageException or PermanentStageException or RunInProgressException or IOException or FormatException => fault.Message,
        AggregateException { InnerExceptions: [var only] } => Sentence(only),
        DbException => $"PostgreSQL: {fault.Message} (--verbose tells where)",
        _ => $"{fault.GetType().Name}: {fault.Message} (--verbose tells where)",
    };

    private static IEnumerable<string> NamesOf(ParseResult parsed)
    {
        for (var result = parsed.CommandResult; result is { Command: not RootCommand }; result = result.Parent as System.CommandLine.Parsing.CommandResult)
            yield return result.Command.Name + " ";
    }
}
