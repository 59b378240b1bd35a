using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Operations;
using Retraining.Tests.Host;

namespace Retraining.Tests.Operations;

public sealed class AnnouncerTests
{
    private readonly FakeTime _time = new(HostFixture.Start);

    [Fact]
    public async Task Tell_OneChannelBroken_TellsTheOthersAndSaysWhich()
    {
        var broken = new RecordingChannel { Answer = () => throw new InvalidOperationException("Password=hunter2 refused") };
        var refusing = new RecordingChannel { Answer = () => Task.FromResult<string?>("status 404, expected 200") };
        var whole = new RecordingChannel();

        var told = await Announcer(broken, refusing, whole).TellAsync("rejected", "subject", "text", new NotificationSettings(), default);

        Assert.Equal(["log", "recording"], told.Delivered);
        Assert.Equal(["recording: InvalidOperationException: Password=*** refused", "recording: status 404, expected 200"], told.Failed);
        Assert.Equal(("subject", "text"), (Assert.Single(whole.Subjects), Assert.Single(whole.Texts)));
    }

    [Fact]
    public async Task Tell_ChannelThatHangs_CostsItsLimitAndHoldsUpNoOther()
    {
        var hanging = new RecordingChannel { Answer = () => new TaskCompletionSource<string?>().Task }; // and does not listen to its token
        var whole = new RecordingChannel();

        var told = await Announcer(TimeSpan.FromSeconds(1), hanging, whole)
            .TellAsync("failed", "subject", "text", new NotificationSettings(), default).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("recording: no answer within 1 s", Assert.Single(told.Failed));
        Assert.Equal(["log", "recording"], told.Delivered);
    }

    [Fact]
    public async Task Tell_Channels_AreToldSideBySide()
    {
        using var both = new CountdownEvent(2);
        RecordingChannel Waiting() => new()
        {
            Answer = async () =>
            {
                both.Signal();
                await Task.Run(both.Wait); // until the other one was asked, too
                return null;
            },
        };

        var told = await Announcer(TimeSpan.FromMinutes(1), Waiting(), Waiting())
            .TellAsync("failed", "subject", "text", new NotificationSettings(), default).WaitAsync(TimeSpan.FromSeconds(45));

        Assert.Empty(told.Failed);
    }

    [Fact]
    public async Task Tell_Secrets_AreTakenOut()
    {
        var channel = new RecordingChannel();
        await Announcer(channel).TellAsync("failed", "postgres://u:hunter2@db failed", "hunter2", new NotificationSettings(), default);

        Assert.DoesNotContain("hunter2", Assert.Single(channel.Subjects) + Assert.Single(channel.Texts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rejected", 1)]
    [InlineData("passed", 0)]
    public async Task Tell_Outcome_GoesOutOnlyWhenItIsWanted(string outcome, int expected)
    {
        var channel = new RecordingChannel();
        await Announcer(channel).TellAsync(outcome, "subject", "text", new NotificationSettings(), default);
        Assert.Equal(expected, channel.Texts.Count);
    }

    [Fact]
    public async Task Notify_Refused_TellsWhyAndWhatToDo()
    {
        var channel = new RecordingChannel();
        var result = SampleRuns.Rejected("run-1").Result!;

        await new NotifyPeople(Announcer(channel)).RunAsync(
            new(result, null, "timer", new NotificationSettings()), new("run-1", HostFixture.Start, 1, new Progress<Execution.StageProgress>()), default);

        Assert.Equal("Retraining run-1 (started by timer): rejected", Assert.Single(channel.Subjects));
        var text = Assert.Single(channel.Texts);
        Assert.Contains("Refused by not-worse-than-champion: paired difference, lower bound", text, StringComparison.Ordinal);
        Assert.Contains("recall@10 0.2100, popularity 0.1100, champion 20261113_120000 0.2000", text, StringComparison.Ordinal);
        Assert.Contains("What was live still is.", text, StringComparison.Ordinal);
    }

    private Announcer Announcer(params INotificationChannel[] channels) =>
        new(channels, new SecretText(["hunter2"]), _time, NullLogger<Announcer>.Instance);

    private static Announcer Announcer(TimeSpan limit, params INotificationChannel[] channels) =>
        new(channels, new SecretText([]), TimeProvider.System, NullLogger<Announcer>.Instance) { Limit = limit };
}
