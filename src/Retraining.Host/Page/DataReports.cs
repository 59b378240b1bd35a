using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Operations;
using Retraining.Source;

namespace Retraining.Host.Page;

/// <summary>What a run was trained on and what was put aside: counts, the data contract's answer, reasons of the quarantine.</summary>
internal sealed class DataReports(IArtifactStore store, ILogger<DataReports> logger)
{
    private const int MaxReasons = 20;

    /// <summary>Empty until the source has been synced.</summary>
    public async Task<Html> OfAsync(RunState run, CancellationToken cancellationToken)
    {
        if (RunRecords.OfStage<Snapshot>(run, Stages.SyncSource.Name) is not { } snapshot)
            return Html.Empty;
        var reasons = snapshot.QuarantinedCount == 0 ? [] : await ReasonsAsync(snapshot, run.RunId, cancellationToken);
        return Html.Of($"""
            <section><h2>Data</h2>
            <dl class="facts">
            <div><dt>Videos</dt><dd>{snapshot.VideoCount:N0}</dd></div>
            <div><dt>Profiles</dt><dd>{snapshot.ProfileCount:N0}</dd></div>
            <div><dt>Decisions</dt><dd>{snapshot.InteractionCount:N0}</dd><dd class="quiet">{snapshot.PositiveCount:N0} of them positive</dd></div>
            <div><dt>As of</dt><dd>{Words.Time(snapshot.AsOf)}</dd></div>
            </dl>
            {Contract(run)}
            {Quarantine(snapshot, reasons)}
            </section>
            """);
    }

    private static Html Contract(RunState run)
    {
        if (RunRecords.OfStage<ContractReport>(run, Stages.CheckContract.Name) is { } report)
        {
            return report.Violations.Count == 0
                ? Html.Of($"<p>All {report.Rules} rules of the data contract hold.</p>")
                : Html.Of($"<ul class=\"error\">{Html.All(report.Violations, violation => Html.Of($"<li>{violation}</li>"))}</ul>");
        }

        return run.Stages.LastOrDefault(stage => stage.Name == Stages.CheckContract.Name)?.Error is { } error
            ? Html.Of($"<p class=\"error\">The data contract blocks the run: {error}</p>")
            : Html.Empty;
    }

    private static Html Quarantine(Snapshot snapshot, IReadOnlyList<QuarantineReason> reasons)
    {
        if (snapshot.QuarantinedCount == 0)
            return Html.Of($"<p class=\"quiet\">No row was put aside.</p>");
        var rows = Html.All(reasons.Take(MaxReasons), reason => Html.Of(
            $"<tr><th scope=\"row\">{reason.File}</th><td>{reason.Field}</td><td class=\"wide\">expected {reason.Expected}</td><td class=\"number\" data-label=\"Rows\">{reason.Rows:N0}</td></tr>"));
        return Html.Of($"""
            <p>{snapshot.QuarantinedCount:N0} rows were put aside, each with its reason, in <code>{snapshot.Quarantine?.Path}</code>.</p>
            <div class="scroll"><table class="cards">
            <thead><tr><th scope="col">From</th><th scope="col">Field</th><th scope="col">Reason</th><th scope="col" class="number">Rows</th></tr></thead>
            <tbody>{rows}</tbody>
            </table></div>
            """);
    }

    private async Task<IReadOnlyList<QuarantineReason>> ReasonsAsync(Snapshot snapshot, string runId, CancellationToken cancellationToken)
    {
        try
        {
            return (await SyncReport.ReadAsync(store, snapshot.Report, cancellationToken)).Quarantined;
        }
        catch (Exception error) when (error is IOException or JsonException or ArtifactNotFoundException)
        {
            logger.DataReportUnread(error, runId); // the run's page still stands
            return [];
        }
    }
}
