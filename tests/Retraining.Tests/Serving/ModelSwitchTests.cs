using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Serving;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Publish;

namespace Retraining.Tests.Serving;

public sealed class ModelSwitchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly VersionFiles _files = new();
    private readonly FailingStore _store = new(new MemoryArtifactStore());
    private readonly FakeTime _time = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task RunAsync_CurrentCannotBeMoved_LeavesIndexAndFilesAtTheOldVersion()
    {
        await PrepareAsync();
        await Switch().RunAsync(Generations.Change(Generations.First), CancellationToken.None);
        (_store.WritesBeforeFailure, _store.Failures) = (5, 1);

        await Assert.ThrowsAsync<IOException>(() => Switch().RunAsync(Generations.Change(Generations.Second), CancellationToken.None));

        Assert.Equal((Generations.First, Generations.First), await LiveAsync());
        _store.WritesBeforeFailure = int.MaxValue;
        await Switch().RunAsync(Generations.Change(Generations.Second), CancellationToken.None);
        Assert.Equal((Generations.Second, Generations.Second), await LiveAsync());
    }

    [Fact]
    public async Task RollBackAsync_PreviousVersion_MovesIndexAndFilesTogether()
    {
        await PrepareAsync();
        await Switch().RunAsync(Generations.Change(Generations.First), CancellationToken.None);
        await Switch().RunAsync(Generations.Change(Generations.Second), CancellationToken.None);

        var activation = await RollBackAsync(Generations.First, "worse clicks");

        Assert.Equal((Generations.First, Generations.Second), (activation.Version, activation.PreviousVersion));
        Assert.Equal((Generations.First, Generations.First), await LiveAsync());
    }

    [Fact]
    public async Task RollBackAsync_NoReasonOrNotPublished_IsRefusedBeforeAnythingMoves()
    {
        await PrepareAsync();
        await Switch().RunAsync(Generations.Change(Generations.Second), CancellationToken.None);
        await Assert.ThrowsAsync<PermanentStageException>(() => RollBackAsync(Generations.First, " "));
        await Assert.ThrowsAsync<PermanentStageException>(() => RollBackAsync(Generations.Third, "why"));
        Assert.Equal((Generations.Second, Generations.Second), await LiveAsync());
    }

    [Fact]
    public async Task RollBackAsync_FileThatWasSpoiltSince_IsRefusedBeforeAnythingMoves()
    {
        await PrepareAsync();
        await Switch().RunAsync(Generations.Change(Generations.Second), CancellationToken.None);
        await _store.WriteAsync(
            $"two-tower/v3/{Generations.First}/user_tower.onnx", (stream, token) => stream.WriteAsync("user_tower.onnx b"u8.ToArray(), token).AsTask(),
            WriteOptions.Immutable, CancellationToken.None);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => RollBackAsync(Generations.First, "worse clicks"));

        Assert.Contains("is not as published, user_tower.onnx: SHA-256", error.Message, StringComparison.Ordinal);
        Assert.Equal((Generations.Second, Generations.Second), await LiveAsync());
    }

    private async Task PrepareAsync()
    {
        await using var index = Index();
        foreach (var (version, letter) in new[] { (Generations.First, "a"), (Generations.Second, "b") })
        {
            await _files.PublishAsync(await _files.WriteAsync(version, letter), _store);
            await Generations.LoadBothAsync(index, version);
        }
    }

    private async Task<(string? Index, string? Current)> LiveAsync()
    {
        await using var index = Index();
        var live = (await index.ListVersionsAsync(CancellationToken.None)).Single(version => version.IsActive).Version;
        return (live, (await new ModelStore(_store, "two-tower/v3").ReadReigningAsync(CancellationToken.None))?.Version);
    }

    private Task<Activation> RollBackAsync(string version, string reason) =>
        new VersionRollback(_ => _store, _ => Index(), new PublishSettings(), new ServingSettings { Folder = _folder }, ["like"])
            .RunAsync(version, "ops", reason, new Progress<StageProgress>(), CancellationToken.None);

    private ModelSwitch Switch() => new(_ => _store, _ => Index(), new PublishSettings(), new ServingSettings { Folder = _folder });

    private FileVectorIndex Index() => new(new ServingSettings { Folder = _folder }, _time);
}
