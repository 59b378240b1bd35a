using Retraining.Dataset;
using Retraining.Publish;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Source;

/// <summary>Real input, where it lies beside the clone.</summary>
public sealed class MovieLensSmallTests
{
    [MovieLensSmallFact]
    public async Task Sync_RealData_KeepsEveryRowAndPassesTheContract()
    {
        var run = new SyncRun();
        var snapshot = await run.FromAsync(MovieLensSmallFactAttribute.Folder!);
        Assert.Equal((610, 9_742, 67_653, 48_580, 0),
            (snapshot.ProfileCount, snapshot.VideoCount, snapshot.InteractionCount, snapshot.PositiveCount, snapshot.QuarantinedCount));
        Assert.Equal(new DateTimeOffset(2018, 9, 24, 14, 27, 30, TimeSpan.Zero), snapshot.AsOf);

        var data = await run.ReadAsync(snapshot);
        Assert.Equal((610, 67_653), (data.Log.Users, data.Log.Events));
        var report = await new CheckContract(run.Work, _ => new MemoryArtifactStore())
            .RunAsync(new(snapshot, new ContractSettings(), new PublishSettings()), run.Context, CancellationToken.None);
        Assert.Empty(report.Violations);
    }
}
