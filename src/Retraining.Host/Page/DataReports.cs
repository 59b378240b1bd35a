using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Operations;
using Retraining.Source;

namespace Retraining.Host.Page;

/// <summary>What a run was trained on: counts, the data contract rule by rule, how rows spread, what was put aside.</summary>
internal sealed class DataReports(IArtifactStore store, ILogger<DataReports> logger)
{
    private const int MaxReasons = 20;

    /// <summary>Empty until the source has been synced.</summary>
    public async Task<Html> OfAsync(RunState run, CancellationToken cancellationToken)
    {
        if (RunRecords.OfStage<Snapshot>(run, Stages.SyncSource.Name) is not { } snapshot)
            return Html.Empty;
        var sync = await ReadAsync(run, () => SyncReport.ReadAsync(store, snapshot.Report, cancellationToken));
        var contract = await ContractAsync(run, cancellationToken);
        return Html.Of($"""
            <section><h2>Data</h2>
            <dl class="facts">
            <div><dt>Videos</dt><dd>{snapshot.VideoCount:N0}</dd></div>
            <div><dt>Profiles</dt><dd>{snapshot.ProfileCount:N0}</dd></div>
            <div><dt>Decisions</dt><dd>{snapshot.InteractionCount:N0}</dd><dd class="quiet">{snapshot.PositiveCount:N0} of them positive</dd></div>
            <div><dt>As of</dt><dd>{Words.Time(snapshot.AsOf)}</dd></div>
            </dl>
            {contract}
            {(sync is null ? Html.Empty : Spread(sync))}
            {Quarantine(snapshot, sync?.Quarantined ?? [])}
            </section>
            """);
    }

    private async Task<Html> ContractAsync(RunState run, CancellationToken cancellationToken)
    {
        if (run.Stages.LastOrDefault(stage => stage.Name == Stages.CheckContract.Name) is not { EndedAt: not null } stage)
            return Html.Empty;
        var rules = await ReadAsync(run, async () =>
        {
            await using var report = await store.OpenReadAsync(ContractReport.PathOf(run.RunId), cancellationToken);
            return await ContractTable.ReadAsync(report, cancellationToken);
        });
        return rules is { Count: > 0 } ? ContractTable.Draw(rules)
            : stage.Status == StageStatus.Failed ? Html.Of($"<p class=\"error\">The data contract blocks the run: {stage.Error}</p>")
            : Html.Empty;
    }

    private static Html Spread(SyncReport sync)
    {
        var reviews = sync.Reviews is not { } counts ? Html.Empty : Html.All(
        [
            Distribution.Draw("Reviews by stars", counts.Stars.Reverse().Select(stars => ($"{stars.Key} ★", stars.Value))),
            Distribution.Draw("Reviewers by their reviews", counts.RowsPerReviewer.Select(band => (band.Rows, band.Count))),
            Distribution.Draw("Videos by their reviews", counts.RowsPerVideo.Select(band => (band.Rows, band.Count))),
        ]);
        var weights = sync.Weights.Count < 2
            ? Html.Empty
            : Distribution.Draw("Decisions by weight", sync.Weights.Select(weight => (weight.Key, weight.Value)));
        var types = sync.DecisionTypes.OrderByDescending(type => type.Value).Select(type => (type.Key, type.Value));
        return Html.Of($"<div class=\"spreads\">{Distribution.Draw("Decisions by type", types)}{weights}{reviews}</div>");
    }

    private static Html Quarantine(Snapshot snapshot, IReadOnlyList<QuarantineReason> reasons)
    {
        if (snapshot.QuarantinedCount == 0)
            return Html.Of($"<p class=\"quiet\">No row was put aside.</p>");
        var rows = Html.All(reasons.Take(MaxReasons), reason => Html.Of($"""
            <tr><th scope="row">{reason.File}</th><td>{reason.Field}</td><td class="wide">expected {reason.Expected}</td>
            <td class="number" data-label="Rows">{reason.Rows:N0}</td></tr>
            """));
        return Html.Of($"""
            <p>{snapshot.QuarantinedCount:N0} rows were put aside, each with its reason, in <code>{snapshot.Quarantine?.Path}</code>.</p>
            <div class="scroll"><table class="cards">
            <thead><tr><th scope="col">From</th><th scope="col">Field</th><th scope="col">Reason</th><th scope="col" class="number">Rows</th></tr></thead>
            <tbody>{rows}</tbody>
            </table></div>
            """);
    }

    /// <summary>Null when the file is gone or cannot be read: the run's page still stands.</summary>
    private async Task<T?> ReadAsync<T>(RunState run, Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception error) when (error is IOException or JsonException or ArtifactNotFoundException)
        {
            logger.DataReportUnread(error, run.RunId);
            return null;
        }
    }
}
