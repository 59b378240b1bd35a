using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Source;

namespace Retraining.Dataset;

/// <summary>Holds a snapshot against the data contract, writes the report and blocks the run when a rule is broken.</summary>
public sealed class CheckContract(IArtifactStore work, OpenPublishStore openPublishStore) : IStage<CheckContract.Input, ContractReport>
{
    public sealed record Input(Snapshot Snapshot, ContractSettings Contract, PublishSettings Publish);

    public async Task<ContractReport> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var sync = await SyncReport.ReadAsync(work, input.Snapshot.Report, cancellationToken);
        var last = await PublishedCounts.ReadAsync(ModelStore.Open(openPublishStore, input.Publish), cancellationToken);
        var columns = await SnapshotColumns.CheckAsync(work, input.Snapshot, cancellationToken);
        ContractRule[] rules = columns.Exists(rule => !rule.Passed)
            ? [.. columns]
            : [.. columns, .. await CheckRowsAsync(input, sync, last, context, cancellationToken)];

        var violations = rules.Where(rule => !rule.Passed).Select(rule => rule.ToString()).ToArray();
        var report = await work.WriteAsync(
            ContractReport.PathOf(context.RunId),
            (stream, token) => JsonSerializer.SerializeAsync(
                stream,
                new { Passed = violations.Length == 0, SnapshotHash = input.Snapshot.Hash, ComparedWith = last?.Version, violations, rules },
                RowJson.Indented,
                token),
            WriteOptions.Private,
            cancellationToken);
        if (violations.Length > 0)
            throw new PermanentStageException(
                $"{violations.Length} of {rules.Length} rules of the data contract are broken ({report.Path}): {string.Join("; ", violations)}");
        return new ContractReport { Report = report, Rules = rules.Length, Violations = violations };
    }

    private async Task<IReadOnlyList<ContractRule>> CheckRowsAsync(
        Input input, SyncReport sync, PublishedCounts? last, StageContext context, CancellationToken cancellationToken)
    {
        var data = await SnapshotReader.ReadAsync(work, input.Snapshot, cancellationToken);
        return new ContractRules(input.Contract, context.StartedAt).Check(data, sync, last);
    }
}
