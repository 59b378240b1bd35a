using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;
using Retraining.Artifacts;
using Retraining.Configuration;
using Retraining.Host.Schedule;
using Retraining.Local.Artifacts;
using Retraining.Operations;
using Retraining.Schedule;

namespace Retraining.Tests.Host;

public sealed class ScheduledRunsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("retrain-schedule-");
    private readonly FakeTime _time = new(Utc("2026-11-20T12:00Z"));
    private readonly RecordingChannel _channel = new();
    private readonly InMemoryRuns _runs;

    public ScheduledRunsTests() => _runs = new InMemoryRuns(_time);

    [Fact]
    public async Task Start_TwiceFired_StartsOnceUnderTheWeeksId()
    {
        var week47 = WeeklySchedule.From(new ScheduleSettings()).Next(_time.Now)!;
        _time.Now = week47.At;

        Assert.Equal(ScheduledStart.Started, await Create().StartAsync(week47, week47.At, default));
        Assert.Equal(ScheduledStart.Served, await Create().StartAsync(week47, week47.At, default));

        var run = Assert.Single((await _runs.ListAsync(new RunQuery(), default)).Runs);
        Assert.Equal(("retrain-2026-W47", "timer"), (run.RunId, run.StartedBy));
    }

    [Theory]
    [InlineData(-90, ScheduledStart.Later)] // began before the week's data was complete: wait for it
    [InlineData(-30, ScheduledStart.Served)] // a person pressed the button just before the timer
    [InlineData(5, ScheduledStart.Served)]
    public async Task Start_AnotherRunInProgress_WaitsOnlyForAnOlderOne(int startedMinutes, object expected)
    {
        var week47 = WeeklySchedule.From(new ScheduleSettings()).Next(_time.Now)!;
        _runs.Add(SampleRuns.Running("manual") with { CreatedAt = week47.At.AddMinutes(startedMinutes) });
        _time.Now = week47.At;

        Assert.Equal(expected, await Create().StartAsync(week47, week47.At, default));
    }

    [Fact]
    public async Task Start_EngineCannot_IsTriedAgainNotMarkedAsDoneAndToldOnce()
    {
        var runs = Create();
        await runs.DueAsync(default);
        var week47 = WeeklySchedule.From(new ScheduleSettings()).Next(_time.Now)!;
        _time.Now = week47.At.AddMinutes(1);
        _runs.Fault = new IOException("disk full");

        Assert.Equal(ScheduledStart.Later, await runs.StartAsync(week47, week47.At, default));
        Assert.Equal(ScheduledStart.Later, await runs.StartAsync(week47, week47.At, default));
        Assert.Equal(ScheduledStart.Later, await Create().StartAsync(week47, week47.At, default)); // another host, or this one started again

        Assert.Equal(week47, await Create().DueAsync(default));
        Assert.Equal("Retraining retrain-2026-W47 could not start", Assert.Single(_channel.Subjects));
        Assert.StartsWith("IOException: disk full\n", _channel.Texts[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, 1)]
    [InlineData(true, 40, 1)] // nobody looked for 40 hours: caught up
    [InlineData(false, 0, 1)]
    [InlineData(false, 40, 0)]
    public async Task StartDue_TimerLooksEveryQuarterOfAnHour_StartsTheWeekOnceAndTellsWhenItIsLate(bool catchUp, int lateHours, int expected)
    {
        var settings = new ScheduleSettings { CatchUp = catchUp };
        await Create(settings).StartDueAsync(default);
        var week47 = WeeklySchedule.From(settings).Next(_time.Now)!;

        foreach (var minutes in new[] { 0, 15, 30 })
        {
            _time.Now = week47.At.AddHours(lateHours).AddMinutes(minutes);
            await Create(settings).StartDueAsync(default);
        }

        Assert.Equal(expected, (await _runs.ListAsync(new RunQuery(), default)).Runs.Count);
        Assert.Equal(lateHours == 0 ? [] : ["Retraining retrain-2026-W47 was missed"], _channel.Subjects);
    }

    [Fact]
    public async Task Due_FirstStartEver_IsNothing() => Assert.Null(await Create().DueAsync(default));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_HostWasDownForThreeWeeks_TellsEachWeekOnceAndCatchesUpTheNewestIfWanted(bool catchUp)
    {
        var settings = new ScheduleSettings { CatchUp = catchUp };
        await Create(settings).DueAsync(default);
        _time.Now = Utc("2026-12-09T12:00Z"); // after the runs of weeks 47, 48 and 49

        var due = (await Create(settings).DueAsync(default))!;
        _runs.Fault = new IOException("disk full"); // the first try fails: the next one must not tell again
        await Create(settings).StartAsync(due, due.At, default);
        _runs.Fault = null;
        await Create(settings).StartAsync(due, due.At, default);

        Assert.Equal("Retraining retrain-2026-W49 was missed, and 2 before it", Assert.Single(_channel.Subjects, Missed));
        var text = _channel.Texts[_channel.Subjects.FindIndex(subject => Missed(subject))];
        Assert.All(["W47", "W48", "W49"], week => Assert.Contains($"retrain-2026-{week} was due at 2026-1", text, StringComparison.Ordinal));
        Assert.Contains(catchUp ? "retrain-2026-W49 is caught up now" : "retrain run", text, StringComparison.Ordinal);
        Assert.Equal(catchUp ? ["retrain-2026-W49"] : [], (await _runs.ListAsync(new RunQuery(), default)).Runs.Select(run => run.RunId));
        Assert.Null(await Create(settings).DueAsync(default));
    }

    [Fact]
    public async Task Start_InTimeAfterAWeekThatNeverStarted_TellsThatOneOnly()
    {
        await Create().DueAsync(default);
        _time.Now = Utc("2026-11-28T19:00Z"); // week 48 is due; in week 47 an older run was in progress throughout

        await Create().StartAsync((await Create().DueAsync(default))!, _time.Now, default);

        Assert.Equal("Retraining retrain-2026-W47 was missed", Assert.Single(_channel.Subjects));
        Assert.Equal("retrain-2026-W48", Assert.Single((await _runs.ListAsync(new RunQuery(), default)).Runs).RunId);
    }

    [Fact]
    public async Task Due_RunWasPurgedAfterwards_IsNotCaughtUpAgain()
    {
        await Create().DueAsync(default);
        var week47 = WeeklySchedule.From(new ScheduleSettings()).Next(_time.Now)!;
        _time.Now = week47.At;
        await Create().StartAsync(week47, week47.At, default);
        await _runs.TerminateAsync(week47.RunId, null, default);
        await _runs.PurgeAsync(week47.RunId, default);

        Assert.Null(await Create().DueAsync(default));
        Assert.Empty(_channel.Subjects);
    }

    [Fact]
    public async Task Due_NoSchedule_IsNothing()
    {
        await Create().DueAsync(default);
        _time.Now = Utc("2026-11-23T12:00Z");

        Assert.Null(await Create(new ScheduleSettings { Enabled = false }).DueAsync(default));
        Assert.NotNull(await Create().DueAsync(default));
    }

    [Fact]
    public async Task Due_ScheduleChangedWhileDown_BeginsAnew()
    {
        await Create().DueAsync(default);
        _time.Now = Utc("2026-11-23T12:00Z");

        Assert.Null(await Create(new ScheduleSettings { Expression = "0 0 3 * * 0" }).DueAsync(default));
    }

    [Fact]
    public async Task ResumeInterrupted_OneCannotGoOnAndOneCannotBeRead_TellsBothOnceAndGoesOnWithTheRest()
    {
        _runs.Add(SampleRuns.Of("damaged", RunStatus.Unknown) with { Error = "journal, byte 7: a damaged record" });
        _runs.Add(SampleRuns.Of("long-ago", RunStatus.Unknown) with { CreatedAt = HostFixture.Start.AddDays(-30) });
        _runs.Add(SampleRuns.Running("stuck") with { Interrupted = true, CreatedAt = HostFixture.Start.AddMinutes(1) });
        _runs.Add(SampleRuns.Running("run-1") with { Interrupted = true });
        _runs.FaultOf["stuck"] = new IOException("read-only file system");
        var runs = Create();

        Assert.Equal(["run-1"], await runs.ResumeInterruptedAsync("the host started", default));
        await runs.ResumeInterruptedAsync("the host started", default);
        await Create().ResumeInterruptedAsync("another host started", default);

        Assert.Equal(["Retraining damaged cannot be read", "Retraining stuck cannot go on"], _channel.Subjects.Order());
        Assert.Contains(_channel.Texts, text => text.StartsWith("journal, byte 7: a damaged record", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ResumeInterrupted_LeftAgainAfterItWentOn_IsToldAgain()
    {
        var stuck = SampleRuns.Running("stuck") with { Interrupted = true };
        foreach (var canGoOn in new[] { false, true, false })
        {
            _runs.Add(stuck);
            _runs.FaultOf.Remove("stuck");
            if (!canGoOn)
                _runs.FaultOf["stuck"] = new IOException("read-only file system");
            Assert.Equal(canGoOn ? ["stuck"] : [], await Create().ResumeInterruptedAsync("the host started", default));
        }

        Assert.Equal(["Retraining stuck cannot go on", "Retraining stuck cannot go on"], _channel.Subjects);
    }

    [Fact]
    public async Task Host_StoreDoesNotAnswerWhenARunIsDue_SetsTheTimerAgain()
    {
        SilentStore? store = null;
        await using var host = await HostFixture.StartAsync(
            settings => settings with { Schedule = new ScheduleSettings { Expression = "* * * * * *" } },
            realTime: true,
            services: services => services.AddSingleton<IArtifactStore>(store = new SilentStore(Store)));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await host.Runs.StartAttempts.ReadAsync(patience.Token);

        store!.IsSilent = true;
        await store.Asked.WaitAsync(patience.Token); // the timer fired

        var scheduler = await host.App.Services.GetRequiredService<ISchedulerFactory>().GetScheduler(patience.Token);
        while (!host.Logged.Any(line => line.StartsWith("The schedule could not be looked at", StringComparison.Ordinal)))
            await Task.Delay(20, patience.Token);
        while (await scheduler.GetTriggersOfJob(WeeklyJob.Key, patience.Token) is not [_])
            await Task.Delay(20, patience.Token);
    }

    /// <summary>A store that answers until it is told not to.</summary>
    private sealed class SilentStore(IArtifactStore inner) : IArtifactStore
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsSilent { get; set; }

        public Task Asked => _asked.Task;

        public string Location => inner.Location;

        public Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => Answer(() => inner.OpenReadAsync(path, cancellationToken));

        public Task<ArtifactRef> WriteAsync(
            string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken) =>
            Answer(() => inner.WriteAsync(path, write, options, cancellationToken));

        public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => Answer(() => inner.ExistsAsync(path, cancellationToken));

        public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) =>
            Answer(() => inner.ListAsync(prefix, cancellationToken));

        public Task DeleteAsync(string path, CancellationToken cancellationToken) => inner.DeleteAsync(path, cancellationToken);

        private T Answer<T>(Func<T> answer)
        {
            if (!IsSilent)
                return answer();
            _asked.TrySetResult();
            throw new IOException("the store does not answer");
        }
    }

    [Fact]
    public async Task ResumeInterrupted_LeftBehindByACrash_GoesOn()
    {
        _runs.Add(SampleRuns.Running("run-1") with { Interrupted = true });
        _runs.Add(SampleRuns.Failed("run-0"));

        Assert.Equal(["run-1"], await Create().ResumeInterruptedAsync("the host started", default));
        Assert.Equal(("take over", "run-1", "the host started"), Assert.Single(_runs.Asked));
    }

    [Fact]
    public async Task Host_ScheduleIsDueAgainAndAgain_FiresEachTimeAndStartsOneRun()
    {
        await using var host = await HostFixture.StartAsync(settings => settings with { Schedule = new ScheduleSettings { Expression = "* * * * * *" } }, realTime: true);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        var first = await host.Runs.StartAttempts.ReadAsync(patience.Token);
        var second = await host.Runs.StartAttempts.ReadAsync(patience.Token);

        Assert.Matches("^retrain-[0-9]{4}-W[0-9]{2}$", first);
        Assert.Matches("^retrain-[0-9]{4}-W[0-9]{2}$", second);
        Assert.Single((await host.Runs.ListAsync(new RunQuery(), default)).Runs);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static bool Missed(string subject) => subject.Contains(" was missed", StringComparison.Ordinal);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private LocalArtifactStore Store => new(_folder.FullName);

    private ScheduledRuns Create(ScheduleSettings? settings = null)
    {
        settings ??= new ScheduleSettings();
        var schedule = WeeklySchedule.From(settings);
        var mark = new ScheduleMark(Store, schedule, _time);
        var announcer = new Announcer([_channel], new SecretText([]), _time, NullLogger<Announcer>.Instance);
        ResolveSettings resolve = _ => new RetrainingSettings();
        var news = new ScheduleNews(announcer, resolve, Store, _time, NullLogger<ScheduleNews>.Instance);
        return new ScheduledRuns(_runs, resolve, schedule, settings, mark, news, _time, NullLogger<ScheduledRuns>.Instance);
    }
}
