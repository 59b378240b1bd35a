using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Host.Schedule;
using Retraining.Journal;
using Retraining.Postgres.Journal;
using Retraining.Schedule;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Host;

/// <summary>What one host has put into the shared store does not outlive the settings of the next.</summary>
public sealed class SharedScheduleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Never = "0 0 19 * * 6", EverySecond = "* * * * * *";

    [PostgresFact]
    public async Task Host_ScheduleSwitchedOff_RemovesTheStoredTimer()
    {
        await using (await StartAsync(new ScheduleSettings { Expression = Never }))
            await UntilAsync("1");

        await using var host = await StartAsync(new ScheduleSettings { Expression = Never, Enabled = false });
        await UntilAsync("0");
    }

    [PostgresFact]
    public async Task Host_OtherExpression_ReplacesTheStoredTimer()
    {
        await using (await StartAsync(new ScheduleSettings { Expression = "0 0 19 * * 6" }))
            await UntilAsync("1");
        var before = await NextAsync();

        await using var host = await StartAsync(new ScheduleSettings { Expression = "0 0 4 * * 0", TimeZone = "America/New_York" });

        var expected = WeeklySchedule.From(new ScheduleSettings { Expression = "0 0 4 * * 0", TimeZone = "America/New_York" });
        for (var waited = 0; await NextAsync() == before; waited++)
        {
            Assert.True(waited < 600, "the stored timer is still that of the first host");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(expected.Next(DateTimeOffset.UtcNow)!.At, await NextAsync());
    }

    [PostgresFact]
    public async Task Host_StoredTimerIsDueAndTheScheduleIsOff_StartsNothing()
    {
        await using (var first = await StartAsync(new ScheduleSettings { Expression = EverySecond }))
            await first.Runs.StartAttempts.ReadAsync();

        await using var host = await StartAsync(new ScheduleSettings { Expression = EverySecond, Enabled = false });
        await UntilAsync("0");

        Assert.False(host.Runs.StartAttempts.TryRead(out _));
    }

    private async Task<HostFixture> StartAsync(ScheduleSettings schedule) => await HostFixture.StartAsync(
        settings => settings with { Schedule = schedule },
        realTime: true,
        services: services =>
        {
            services.AddSingleton(new SharedSchedule(postgres.ConnectionString));
            services.AddSingleton<IJournalHome>(_ => new PostgresJournalHome(postgres.ConnectionString, TimeProvider.System));
        });

    private async Task UntilAsync(string timers)
    {
        for (var waited = 0; await postgres.ScalarAsync<string>("select count(*)::text from two_tower.qrtz_triggers where trigger_name = 'weekly'") != timers; waited++)
        {
            Assert.True(waited < 600, $"expected {timers} stored timers");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Quartz keeps ticks of .NET.</summary>
    private async Task<DateTimeOffset> NextAsync() => new(
        long.Parse(
            await postgres.ScalarAsync<string>("select next_fire_time::text from two_tower.qrtz_triggers where trigger_name = 'weekly'"),
            CultureInfo.InvariantCulture),
        TimeSpan.Zero);
}
