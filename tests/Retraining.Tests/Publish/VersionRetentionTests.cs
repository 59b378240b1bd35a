using Retraining.Execution;
using Retraining.Publish;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Publish;

public sealed class VersionRetentionTests
{
    private static readonly string[] Versions = [.. Enumerable.Range(1, 6).Select(day => $"2026060{day}_000000")];

    private readonly VersionFiles _files = new();
    private readonly FailingStore _store = new(new MemoryArtifactStore());

    [Fact]
    public async Task FindRemovable_MoreThanAreKept_AreTheOldest()
    {
        await PublishAsync(live: 6);
        Assert.Equal(Versions[..3], await Retention(3).FindRemovableAsync(Versions[4], default));
        Assert.Empty(await Retention(0).FindRemovableAsync(Versions[4], default));
    }

    [Fact]
    public async Task FindRemovable_AfterARollback_KeepsLiveAndPreviousAndWhatIsNewer()
    {
        await PublishAsync(live: 2);
        Assert.Empty(await Retention(1).FindRemovableAsync(Versions[0], default));
        Assert.Equal([Versions[0]], await Retention(1).FindRemovableAsync(Versions[5], default));
    }

    [Fact]
    public async Task FindRemovable_GatesReference_IsKept()
    {
        foreach (var version in Versions)
            await _files.PublishAsync(await _files.WriteAsync(version, version, reference: Versions[1]), _store);
        await new CurrentPointer(_store, "two-tower/v3").MoveAsync(Versions[5], default);
        Assert.Equal([Versions[0], Versions[2]], await Retention(3).FindRemovableAsync(Versions[4], default));
    }

    [Fact]
    public async Task FindRemovable_NothingLive_IsNothing()
    {
        await PublishAsync(live: 0);
        Assert.Empty(await Retention(1).FindRemovableAsync(null, default));
    }

    [Fact]
    public async Task RemoveAsync_StoppedHalfWay_LeavesNoVersionAndIsRepeated()
    {
        await PublishAsync(live: 6);
        var models = new ModelStore(_store, "two-tower/v3");
        // The manifest goes first, so a removal that stops after it leaves files and no version.
        await _store.DeleteAsync($"two-tower/v3/{Versions[0]}/manifest.json", default);
        Assert.DoesNotContain(Versions[0], await models.ListVersionsAsync(default));

        await Retention(3).RemoveAsync(Versions[0], default);

        Assert.Empty(await _store.ListAsync($"two-tower/v3/{Versions[0]}/", default));
        Assert.DoesNotContain(await _store.ListAsync("models/", default), path => path.Contains(Versions[0], StringComparison.Ordinal));
        Assert.Equal(Versions[5], (await models.ReadReigningAsync(default))?.Version);
    }

    [Fact]
    public async Task RemoveAsync_LiveVersion_IsRefused()
    {
        await PublishAsync(live: 6);
        await Assert.ThrowsAsync<PermanentStageException>(() => Retention(1).RemoveAsync(Versions[5], default));
    }

    private VersionRetention Retention(int keep) => new(_store, new() { KeepVersions = keep });

    /// <param name="live">Number of the version that is made live; 0 for none.</param>
    private async Task PublishAsync(int live)
    {
        foreach (var version in Versions)
            await _files.PublishAsync(await _files.WriteAsync(version, version), _store);
        if (live > 0)
            await new CurrentPointer(_store, "two-tower/v3").MoveAsync(Versions[live - 1], default);
    }
}
