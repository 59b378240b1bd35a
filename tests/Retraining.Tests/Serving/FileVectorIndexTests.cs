using Retraining.Execution;
using Retraining.Serving;

namespace Retraining.Tests.Serving;

public sealed class FileVectorIndexTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly FakeTime _time = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task RecommendAsync_KnownUser_LeavesOutDecidedAndInactiveVideos()
    {
        await using var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);

        var list = await index.RecommendAsync(Generations.Ann.ToString(), null, 2, CancellationToken.None);

        // 0 and 1 are decided, 2 is inactive.
        Assert.Equal([("Title 3", 1), ("Title 4", 2)], list.Items.Select(item => (item.Title, item.Rank)));
        Assert.Equal(Math.Cos(3 * Math.PI / 80), list.Items[0].Score, 6);
        Assert.True(list.Personal);
    }

    [Fact]
    public async Task RecommendAsync_UnknownUser_GetsWhatIsPopular()
    {
        await using var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);

        var list = await index.RecommendAsync("somebody", null, 1, CancellationToken.None);

        Assert.False(list.Personal);
        Assert.Equal(Generations.VideoId(5), Assert.Single(list.Items).VideoId);
    }

    [Fact]
    public async Task RecommendAsync_NothingLive_IsEmpty()
    {
        await using var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);
        Assert.Empty((await index.RecommendAsync(Generations.Users[0], null, 5, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task ActivateAsync_OtherWidthThenBack_ServesEachVersionWhole()
    {
        await using var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);
        await Generations.LoadBothAsync(index, Generations.Second, dim: 8, turned: true);
        var second = await index.ActivateAsync(Generations.Change(Generations.Second), CancellationToken.None);
        Assert.Equal(Generations.First, second.PreviousVersion);
        Assert.Equal("Title 39", (await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None)).Items[0].Title);

        await index.ActivateAsync(Generations.Change(Generations.First, "worse clicks"), CancellationToken.None);

        Assert.Equal("Title 0", (await index.RecommendAsync("no-uuid", null, 1, CancellationToken.None)).Items[0].Title);
        var versions = await index.ListVersionsAsync(CancellationToken.None);
        Assert.Equal([(Generations.Second, false, true), (Generations.First, true, true)], versions.Select(v => (v.Version, v.IsActive, v.IsLoaded)));
        Assert.Equal("worse clicks", versions[1].Reason);
    }

    [Fact]
    public async Task ActivateAsync_ThirdVersion_DropsTheFirst()
    {
        await using var index = Open();
        foreach (var version in new[] { Generations.First, Generations.Second, Generations.Third })
        {
            await Generations.LoadBothAsync(index, version);
            await index.ActivateAsync(Generations.Change(version), CancellationToken.None);
            _time.Now += TimeSpan.FromDays(7);
        }

        var loaded = (await index.ListVersionsAsync(CancellationToken.None)).Select(version => version.IsLoaded);
        Assert.Equal([true, true, false], loaded);
        Assert.False(Directory.Exists(Path.Combine(_folder, Generations.First)));
    }

    [Fact]
    public async Task DropRetiredAsync_AnyOrderOfSwitches_KeepsTheLiveAndThePrevious()
    {
        await using var index = Open();
        await Retention.AssertLiveAndPreviousStayAsync(index, _time, switches: 30);
    }

    [Fact]
    public async Task FindLiveAsync_SwitchesAndRollbacks_AnswersForEachDay()
    {
        await using var index = Open();
        await LedgerDays.LiveThroughAsync(index, _time);
        await LedgerDays.AssertAsync(index);
    }

    [Fact]
    public async Task ActivateAsync_UsersNotLoaded_IsRefused()
    {
        await using var index = Open();
        await index.LoadAsync(Generations.Load(EmbeddingKind.Videos, Generations.First), CancellationToken.None);

        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None));

        Assert.Equal($"version {Generations.First}: Videos (4 wide) loaded, expected videos and users of one width", error.Message);
    }

    [Fact]
    public async Task StoreUserAsync_LiveVersion_IsServedByTheNextReader()
    {
        await using var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);

        await index.StoreUserAsync(Generations.First, new EmbeddingRow("fresh", new float[] { 0, 1, 0, 0 }), CancellationToken.None);

        await using var other = Open();
        Assert.Equal("Title 39", (await other.RecommendAsync("fresh", null, 1, CancellationToken.None)).Items[0].Title);
        Assert.Equal(Generations.First, await other.StoreUserAsync(Generations.Second, new EmbeddingRow("fresh", new float[4]), CancellationToken.None));
        Assert.Equal("Title 39", (await Open().RecommendAsync("fresh", null, 1, CancellationToken.None)).Items[0].Title);
    }

    [Fact]
    public async Task StoreUserAsync_OtherWidth_IsRefused()
    {
        await using var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);

        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => index.StoreUserAsync(Generations.First, new EmbeddingRow("fresh", new float[5]), CancellationToken.None));

        Assert.Equal($"user fresh: an embedding of 5, expected 4 as version {Generations.First} has", error.Message);
    }

    [Fact]
    public async Task StoreUserAsync_VersionOfPseudonyms_TakesNoOtherIds()
    {
        var pseudonym = new string('a', 64);
        await using var index = Open();
        foreach (var kind in Enum.GetValues<EmbeddingKind>())
            await index.LoadAsync(Generations.Load(kind, Generations.First) with { PseudonymisedUsers = true }, CancellationToken.None);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);

        await Assert.ThrowsAsync<PermanentStageException>(
            () => index.StoreUserAsync(Generations.First, new EmbeddingRow("fresh", new float[4]), CancellationToken.None));
        await index.StoreUserAsync(Generations.First, new EmbeddingRow(pseudonym, new float[] { 0, 1, 0, 0 }), CancellationToken.None);

        Assert.Equal(new ServedVersion(Generations.First, PseudonymisedUsers: true), await index.FindServedAsync(CancellationToken.None));
        Assert.Equal("Title 39", (await index.RecommendAsync("fresh", pseudonym, 1, CancellationToken.None)).Items[0].Title);
    }

    [Fact]
    public async Task LoadAsync_FewerRowsThanPromised_IsRefused()
    {
        await using var index = Open();
        var load = Generations.Load(EmbeddingKind.Videos, Generations.First, rows: 41);
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => index.LoadAsync(load, CancellationToken.None));
        Assert.Contains("40 rows read, expected 41", error.Message, StringComparison.Ordinal);
    }

    private FileVectorIndex Open() => new(new ServingSettings { Folder = _folder }, _time);
}
