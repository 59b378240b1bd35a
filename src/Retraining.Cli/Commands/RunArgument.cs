using System.CommandLine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

/// <summary>A run's id on the command line; left out, it is the newest run that fits.</summary>
internal static class RunArgument
{
    public static Argument<string?> Create(string what) => new("run") { Description = $"Id of the run (default: {what})", Arity = ArgumentArity.ZeroOrOne };

    /// <param name="runId">Null looks for the newest run that fits.</param>
    /// <param name="statuses">Which it may have; none for any. Runs of others are not read.</param>
    /// <param name="none">What there is not when none fits, for people.</param>
    /// <exception cref="UsageException">There is no such run.</exception>
    public static async Task<RunState> FindAsync(
        IRunClient runs, string? runId, IReadOnlyList<RunStatus> statuses, Func<RunState, bool> fits, string none,
        CancellationToken cancellationToken)
    {
        if (runId is not null)
            return await runs.GetAsync(runId, cancellationToken) ?? throw new UsageException($"run {runId} is unknown, expected one that `retrain history` lists");

        var query = new RunQuery { Top = 10, Statuses = statuses };
        while (true)
        {
            var page = await runs.ListAsync(query, cancellationToken);
            foreach (var run in page.Runs)
            {
                if (await runs.GetAsync(run.RunId, cancellationToken) is { } state && fits(state))
                    return state;
            }

            if (page.ContinuationToken is null)
                throw new UsageException($"there is {none}");
            query = query with { ContinuationToken = page.ContinuationToken };
        }
    }
}
