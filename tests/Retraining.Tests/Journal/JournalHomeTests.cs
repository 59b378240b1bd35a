using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Operations;

namespace Retraining.Tests.Journal;

/// <summary>What every home of journals promises.</summary>
public abstract class JournalHomeTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("home-");
    private readonly JournalPlace _place;
    private readonly IJournalHome _home;
    private readonly IJournalHome _other;

    private protected JournalHomeTests(JournalPlace place)
    {
        _place = place;
        (_home, _other) = (Open(), Open());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [JournalFact]
    public async Task Append_SeenByAnother_RecordByRecord()
    {
        var run = Create("one");
        using var journal = await OpenAsync(_home, run);

        journal.Append(EventKinds.RunSuspended, new ReasonContent("first é"));
        Assert.Equal(["first é"], Reasons(_other.Read(run)));
        journal.Append(EventKinds.RunResumed, new ReasonContent("second"));

        Assert.Equal(["first é", "second"], Reasons(_other.Read(run)));
        Assert.Equal([0L, 1], _other.Read(run).Select(record => record.Sequence));
    }

    [JournalFact]
    public async Task Summaries_Kept_ComeWithTheJournalsLengthNow()
    {
        RunKey one = Create("one"), two = Create("two", 1);
        using var journal = await OpenAsync(_home, one);
        journal.Append(EventKinds.RunSuspended, new ReasonContent("first"));
        _home.KeepSummary(one, "first"u8.ToArray(), [7]);
        _home.KeepSummary(one, "secönd"u8.ToArray(), [10, 8, 9]);

        var before = _other.Summaries([two, one]);
        journal.Append(EventKinds.RunResumed, new ReasonContent("second"));
        var after = _other.Summaries([one]);

        Assert.Null(before[0]);
        Assert.Equal("secönd"u8.ToArray(), before[1]!.Head);
        Assert.Equal([[10, 8, 9], null], _other.SummaryBodies([one, two]));
        Assert.True(after[0]!.Length > before[1]!.Length);
        Assert.Equal(_other.Pulse([one])[0].Length, after[0]!.Length);
    }

    [JournalFact]
    public async Task TryOpenAsync_OpenElsewhere_IsNullUntilItIsClosed()
    {
        var run = Create("one");
        using (var journal = await OpenAsync(_home, run))
        {
            Assert.Null(await _other.TryOpenAsync(run, null, CancellationToken.None));
            Assert.False(await _other.TryRemoveAsync(run, CancellationToken.None));
            journal.Append(EventKinds.RunSuspended, new ReasonContent("kept"));
        }

        using var next = await OpenAsync(_other, run);
        Assert.Equal(["kept"], Reasons(next.Records));
        Assert.Equal(1, next.Append(EventKinds.RunResumed, new ReasonContent(null)).Sequence);
    }

    [JournalFact]
    public async Task TryLeaseAsync_HeldElsewhere_IsNullAndNamesTheRun()
    {
        var run = Create("one");
        using (var lease = await _home.TryLeaseAsync(CancellationToken.None))
        {
            Assert.Null(_other.LeasedRun()); // has not begun yet
            using var journal = await _home.TryOpenAsync(run, lease, CancellationToken.None);
            Assert.Null(await _other.TryLeaseAsync(CancellationToken.None));
            Assert.Equal("one", _other.LeasedRun());
        }

        using var next = await _other.TryLeaseAsync(CancellationToken.None);
        Assert.NotNull(next);
        Assert.Null(_home.LeasedRun()); // no longer the one before
        using var reader = await OpenAsync(_other, run);
        Assert.Null(_home.LeasedRun()); // opened, and not under the lease
    }

    [JournalFact]
    public async Task Pulse_GrowsWithTheJournalAndTellsAttendance()
    {
        var (one, two) = (Create("one"), Create("two", 1));
        Assert.Equal([new RunPulse(0, false), new RunPulse(0, false)], _other.Pulse([one, two]));
        using var journal = await OpenAsync(_home, two);
        journal.Append(EventKinds.RunSuspended, new ReasonContent("x"));
        var before = _other.Pulse([two, one]);
        journal.Append(EventKinds.RunResumed, new ReasonContent("y"));
        var after = _other.Pulse([two, one]);

        Assert.Equal([true, false], before.Select(pulse => pulse.Attended));
        Assert.True(before[0].Length < after[0].Length);
        Assert.Equal(0, after[1].Length);
    }

    [JournalFact]
    public void Keys_NewestFirst()
    {
        Create("b", 1);
        Create("a", 2);
        Create("c");

        Assert.Equal(["a", "b", "c"], _other.Keys().Select(run => run.RunId));
        Assert.Equal(new RunKey("b", "20261122_190001"), _other.Find("b"));
        Assert.Null(_other.Find("d"));
    }

    [JournalFact]
    public async Task TryRemoveAsync_TakesEverythingWithIt()
    {
        var run = Create("one");
        using (var journal = await OpenAsync(_home, run))
            journal.Append(EventKinds.RunSuspended, new ReasonContent("x"));
        _home.WriteProgress(run, "{}"u8.ToArray());
        _home.Ask(run, new ControlRequest(ControlRequest.Terminate, "x"));

        Assert.True(await _other.TryRemoveAsync(run, CancellationToken.None));

        Assert.Empty(_home.Keys());
        Assert.Empty(_home.Read(run));
        Assert.Empty(_home.ReadProgress(run));
    }

    [JournalFact]
    public void Requests_UntilTheyAreRemoved_AreThereInTheirOrder()
    {
        var run = Create("one");
        _other.Ask(run, new ControlRequest(ControlRequest.Suspend, "first"));
        _other.Ask(run, new ControlRequest(ControlRequest.Raise, null, "approval"));

        var asked = _home.Requests(run);
        Assert.Equal(
            [("suspend", "first", null), ("raise", null, "approval")],
            asked.Select(one => (one.Request.Kind, one.Request.Reason, one.Request.EventName)));
        Assert.Equal(asked, Open().Requests(run));

        _home.RemoveRequest(run, asked[0].Id);
        _home.RemoveRequest(run, asked[0].Id);
        Assert.Equal([asked[1].Id], _other.Requests(run).Select(one => one.Id));
    }

    [JournalFact]
    public void WriteProgress_Twice_TheNewestIsRead()
    {
        var run = Create("one");
        Assert.Empty(_other.ReadProgress(run));
        _home.WriteProgress(run, "[1]"u8.ToArray());
        _home.WriteProgress(run, "[2]"u8.ToArray());

        Assert.Equal("[2]"u8.ToArray(), _other.ReadProgress(run));
    }

    private protected IJournalHome Open() => _place.Open(_folder.FullName, TimeProvider.System);

    private protected RunKey Create(string runId, int second = 0)
    {
        _home.Prepare();
        return _home.Create(runId, Start.AddSeconds(second));
    }

    private protected static async Task<IRunJournal> OpenAsync(IJournalHome home, RunKey run) =>
        (await home.TryOpenAsync(run, null, CancellationToken.None))!;

    private protected static IEnumerable<string?> Reasons(IEnumerable<JournalRecord> records) => records.Select(record => record.Read<ReasonContent>().Reason);
}
