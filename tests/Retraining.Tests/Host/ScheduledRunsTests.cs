using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
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
    public async Task Start_EngineCannot_IsTriedAgainAndNotMarkedAsDone()
    {
        var runs = Create();
        await runs.MissedAsync(default);
        var week47 = WeeklySchedule.From(new ScheduleSettings()).Next(_time.Now)!;
        _time.Now = week47.At.AddHours(1);
        _runs.Fault = new IOException("disk full");

        Assert.Equal(ScheduledStart.Later, await runs.StartAsync(week47, week47.At, default));
        Assert.Equal(week47, await Create().MissedAsync(default));
    }

    [Theory]
    [InlineData(true, 0, 1)]
    [InlineData(true, 40, 1)] // nobody looked for 40 hours: caught up
    [InlineData(false, 0, 1)]
    [InlineData(false, 40, 0)]
    public async Task StartDue_TimerLooksEveryQuarterOfAnHour_StartsTheWeekOnce(bool catchUp, int lateHours, int expected)
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
    }

    [Fact]
    public async Task Missed_FirstStartEver_IsNothing() => Assert.Null(await Create().MissedAsync(default));

    [Fact]
    public async Task Missed_HostWasDownForThreeWeeks_IsTheNewestAndOnlyOnce()
    {
        await Create().MissedAsync(default);
        _time.Now = Utc("2026-12-09T12:00Z"); // after the runs of weeks 47, 48 and 49

        var missed = await Create().MissedAsync(default);
        await Create().StartAsync(missed!, _time.Now, default);

        Assert.Equal("retrain-2026-W49", missed!.RunId);
        Assert.Equal("Retraining retrain-2026-W49 was missed", Assert.Single(_channel.Subjects));
        Assert.Null(await Create().MissedAsync(default));
    }

    [Fact]
    public async Task Missed_RunWasPurgedAfterwards_IsNotCaughtUpAgain()
    {
        await Create().MissedAsync(default);
        var week47 = WeeklySchedule.From(new ScheduleSettings()).Next(_time.Now)!;
        _time.Now = week47.At;
        await Create().StartAsync(week47, week47.At, default);
        await _runs.TerminateAsync(week47.RunId, null, default);
        await _runs.PurgeAsync(week47.RunId, default);

        Assert.Null(await Create().MissedAsync(default));
    }

    [Fact]
    public async Task Missed_CatchUpOff_IsNothingNowAndLater()
    {
        var off = new ScheduleSettings { CatchUp = false };
        await Create(off).MissedAsync(default);
        _time.Now = Utc("2026-11-23T12:00Z");

        Assert.Null(await Create(off).MissedAsync(default));
        Assert.Null(await Create().MissedAsync(default));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Start_StoredTimerFiresAfterAnOutage_IsCaughtUpOnlyIfWanted(bool catchUp, int runs)
    {
        var settings = new ScheduleSettings { CatchUp = catchUp };
        var week47 = WeeklySchedule.From(settings).Next(_time.Now)!;
        _time.Now = week47.At.AddHours(5);

        await Create(settings).StartAsync(week47, firedFor: week47.At, default);

        Assert.Equal(runs, (await _runs.ListAsync(new RunQuery(), default)).Runs.Count);
        Assert.Null(await Create(settings).MissedAsync(default)); // dealt with, either way
    }

    [Fact]
    public async Task Missed_ScheduleChangedWhileDown_BeginsAnew()
    {
        await Create().MissedAsync(default);
        _time.Now = Utc("2026-11-23T12:00Z");

        Assert.Null(await Create(new ScheduleSettings { Expression = "0 0 3 * * 0" }).MissedAsync(default));
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

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private ScheduledRuns Create(ScheduleSettings? settings = null)
    {
        settings ??= new ScheduleSettings();
        var schedule = WeeklySchedule.From(settings);
        var mark = new ScheduleMark(new LocalArtifactStore(_folder.FullName), schedule, _time);
        var announcer = new Announcer([_channel], new SecretText([]), _time, NullLogger<Announcer>.Instance);
        return new ScheduledRuns(_runs, _ => new RetrainingSettings(), schedule, settings, mark, announcer, _time, NullLogger<ScheduledRuns>.Instance);
    }
}
