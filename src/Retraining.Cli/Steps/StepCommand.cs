using System.CommandLine;
using Retraining.Artifacts;
using Retraining.Cli.Rendering;

namespace Retraining.Cli.Steps;

/// <summary>What a step leaves: files for <c>--output-dir</c>, the last one last; what <c>--json</c> prints; what people read.</summary>
internal sealed record StepAnswer(IReadOnlyList<ArtifactRef> Files, object Result, string Text);

/// <summary>A command that carries a run's model to some stages and copies what they made.</summary>
internal static class StepCommand
{
    public static Command Create(
        CliSession session, string name, string description, IReadOnlyCollection<string> stages, Func<StepContext, StepAnswer> answer)
    {
        var options = new StepOptions();
        var command = new Command(name, description);
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(session, new(session, options), parsed, stages, answer, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliSession session, StepRunner runner, ParseResult parsed, IReadOnlyCollection<string> stages, Func<StepContext, StepAnswer> answer,
        CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        if (await runner.RunAsync(services, parsed, stages, cancellationToken) is not { } steps)
            return ExitCodes.Rejected;

        var (files, result, text) = answer(steps);
        await runner.CopyAsync(services, parsed, files, cancellationToken);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed) ? CliJson.Text(result) : text);
        return ExitCodes.Done;
    }
}
