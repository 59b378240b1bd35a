using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Artifacts;
using Retraining.Cli.Commands;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Local.Artifacts;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Steps;

/// <summary>Carries the definition by hand to the stages that a command stands for.</summary>
internal sealed class StepRunner(CliSession session, StepOptions options)
{
    /// <returns>The context with the results; null when the gate refused, which it has then said.</returns>
    /// <exception cref="UsageException">There is no run with a model.</exception>
    public async Task<StepContext?> RunAsync(
        IServiceProvider services, ParseResult parsed, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        var run = await FindAsync(services, options.Checkpoint(parsed), cancellationToken);
        var reason = options.OverrideReason(parsed);
        string[] all = reason is null ? [.. wanted] : [.. wanted, Stages.JudgeQuality.Name];
        var progress = new ProgressWriter(session.Streams.Error, TimeProvider.System);
        var steps = new StepContext(
            run, options.StartedAt(parsed) ?? run.CreatedAt, all, services.GetRequiredService<StageRegistry>(), progress, cancellationToken);
        await steps.RunAsync(RetrainingPipeline.RunAsync, Request(run, services.GetRequiredService<RetrainingSettings>(), reason));
        if (steps.Reached)
            return steps;

        await session.Streams.Error.WriteLineAsync(
            $"the gate refused the model of {run.RunId} (`retrain status {run.RunId}` tells why), expected one that passed, or --override-reason");
        return null;
    }

    /// <summary>The run that <c>--checkpoint</c> names, or the newest with a trained model.</summary>
    public static async Task<RunState> FindAsync(IServiceProvider services, string? runId, CancellationToken cancellationToken)
    {
        var engine = services.GetRequiredService<LocalEngine>();
        var run = await RunArgument.FindAsync(engine, runId, [], HasModel, "no run that trained a model", cancellationToken);
        return HasModel(run) ? run : throw new UsageException($"run {run.RunId} has no trained model, expected one that finished its training");
    }

    /// <summary>Copies files of the work store into <c>--output-dir</c>, if it was given.</summary>
    public async Task CopyAsync(IServiceProvider services, ParseResult parsed, IEnumerable<ArtifactRef> files, CancellationToken cancellationToken)
    {
        if (options.OutputFolder(parsed) is not { } folder)
            return;
        var work = services.GetRequiredService<IArtifactStore>();
        var target = new LocalArtifactStore(folder);
        foreach (var file in files)
        {
            await using var content = await work.OpenReadAsync(file.Path, cancellationToken);
            var written = await target.WriteAsync(file.Name, content.CopyToAsync, WriteOptions.Private, cancellationToken);
            if (written.Sha256 != file.Sha256)
                throw new IOException($"{file.Path} in {work.Location}: SHA-256 {written.Sha256}, expected {file.Sha256}");
        }
    }

    private static bool HasModel(RunState run) =>
        run.Stages.Any(stage => stage.Name == Stages.TrainTowers.Name && stage.ResultJson is not null);

    // What shaped the model is the run's; where things go is what is in force now. What the run left out is asked for.
    private static RetrainingRequest Request(RunState run, RetrainingSettings inForce, string? reason) => run.Request with
    {
        Settings = run.Request.Settings with
        {
            Export = inForce.Export,
            Publish = inForce.Publish,
            Serving = inForce.Serving,
            // One stage, one result.
            Engine = run.Request.Settings.Engine with { Shards = 1 },
            Training = run.Request.Settings.Training with { SliceMinutes = 0 },
            // Whoever does it by hand has decided.
            Gate = run.Request.Settings.Gate with { Approval = "never" },
        },
        OverrideReason = reason ?? run.Request.OverrideReason,
        DryRun = false,
        SkipExport = false,
        SkipEmbeddings = false,
    };
}
