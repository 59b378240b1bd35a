using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Source;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Source;

/// <summary>Runs the sync of a test into a store in memory.</summary>
internal sealed class SyncRun
{
    public static readonly DateTimeOffset StartedAt = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public MemoryArtifactStore Work { get; init; } = new();

    public StageContext Context { get; init; } = new("r1", StartedAt, 1, new Progress<StageProgress>());

    public string? PseudonymKey { get; init; }

    public Task<Snapshot> FromAsync(string folder, SourceSettings? settings = null) => FromAsync(new FolderSource(folder), settings);

    public Task<Snapshot> FromAsync(ISource source, SourceSettings? settings = null) =>
        new SyncSource((_, _) => source, () => PseudonymKey, Work).RunAsync(new(settings ?? new SourceSettings()), Context, CancellationToken.None);

    /// <summary>Opens the source as a run does: with a place to keep rows, which nobody reads without the key where users are pseudonymised.</summary>
    public Task<Snapshot> FromAsync(OpenSource open, SourceSettings settings) =>
        new SyncSource(open, () => PseudonymKey, Work).RunAsync(new(settings), Context, CancellationToken.None);

    public Task<SnapshotData> ReadAsync(Snapshot snapshot) => SnapshotReader.ReadAsync(Work, snapshot, CancellationToken.None);

    public Task<SyncReport> ReportAsync(Snapshot snapshot) => SyncReport.ReadAsync(Work, snapshot.Report, CancellationToken.None);

    public string[] Quarantine(Snapshot snapshot) =>
        snapshot.Quarantine is null ? [] : Work.Text(snapshot.Quarantine.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
