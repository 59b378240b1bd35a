using Retraining.Operations;

namespace Retraining.Tests.Local.Engine;

/// <summary>A lock that outlives its holder by a moment, as it does where a process that starts has not yet let go of what it inherited.</summary>
public sealed class MomentaryLockTests : IAsyncLifetime
{
    private readonly TellingTime _time = new();
    private readonly EngineFixture _fixture;

    public MomentaryLockTests() => _fixture = new EngineFixture { Time = _time };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.CloseAsync();

    [Fact]
    public async Task ResumeAsync_LockLetGoOfWhileItIsAskedFor_GoesOnHere()
    {
        var reached = _fixture.Script.Hang("last");
        var engine = _fixture.Open();
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await reached;
        await engine.DisposeAsync();
        _fixture.Script.Restore("last");
        var other = _fixture.Open();
        var path = Directory.EnumerateFiles(_fixture.Folder, "lock", SearchOption.AllDirectories).Single();
        var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        _time.OnceAsked = held.Dispose; // requests are named after the time: it is asked for after the first look at the lock

        Assert.Equal(ControlResult.Accepted, await other.ResumeAsync(runId, null, CancellationToken.None));

        Assert.Equal(RunStatus.Completed, (await other.WaitAsync(runId, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1)))!.Status);
    }

    /// <summary>The system's clock, which does something the next time it is looked at.</summary>
    private sealed class TellingTime : TimeProvider
    {
        public Action? OnceAsked { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            var told = OnceAsked;
            OnceAsked = null;
            told?.Invoke();
            return base.GetUtcNow();
        }
    }
}
