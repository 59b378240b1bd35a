using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Operations;
using Retraining.Tests.Host;
using Retraining.Tests.Local.Journal;

namespace Retraining.Tests.Local.Engine;

/// <summary>The definition tells of a stage that fails; the engine tells of what the definition cannot.</summary>
public sealed class ToldFailureTests : IAsyncLifetime
{
    private readonly EngineFixture _fixture = new();
    private readonly RecordingChannel _channel = new();

    public ToldFailureTests() =>
        _fixture.Announcer = new Announcer([_channel], new SecretText([]), TimeProvider.System, NullLogger<Announcer>.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _fixture.CloseAsync();

    [Fact]
    public async Task Run_DefinitionItselfFails_IsTold()
    {
        var run = await EngineFixture.RunAsync(_fixture.Open((_, _) => throw new InvalidOperationException("no such setting")));

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Equal($"Retraining {run.RunId} (started by test): failed", Assert.Single(_channel.Subjects));
        Assert.StartsWith("InvalidOperationException: no such setting\n", _channel.Texts[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_DefinitionNoLongerMatches_IsTold()
    {
        var reached = _fixture.Script.Hang("last");
        var engine = _fixture.Open();
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await reached;
        await engine.DisposeAsync();
        var other = _fixture.Open(async (context, _) => NotePipeline.Result((await context.CallAsync(NotePipeline.Last, new Note("x"))).Text));

        await other.TakeOverAsync(runId, "the host started", CancellationToken.None);
        await other.WaitAsync(runId, CancellationToken.None);

        Assert.Equal($"Retraining {runId} (started by test): failed", Assert.Single(_channel.Subjects));
        Assert.Contains("the journal records first, the definition asks for last", _channel.Texts[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StageFails_IsLeftToTheDefinition()
    {
        _fixture.On("first", () => throw new PermanentStageException("disk full"));

        Assert.Equal(RunStatus.Failed, (await EngineFixture.RunAsync(_fixture.Open())).Status);

        Assert.Empty(_channel.Subjects);
    }

    [LinuxFact]
    public async Task Run_JournalTakesNoMoreRecords_IsTold()
    {
        TaskCompletionSource waiting = new(), go = new();
        _fixture.On("first", async (input, _, token) =>
        {
            waiting.SetResult();
            await go.Task.WaitAsync(token);
            return input;
        });
        var engine = _fixture.Open();
        var runId = await engine.StartAsync(EngineFixture.Request(), null, CancellationToken.None);
        await waiting.Task;
        FillTheDisk();
        go.SetResult();

        await Assert.ThrowsAsync<JournalWriteException>(() => engine.WaitAsync(runId, CancellationToken.None));

        Assert.Equal($"Retraining {runId} (started by test): failed", Assert.Single(_channel.Subjects));
        Assert.Contains("cannot be written: No space left on device", _channel.Texts[0], StringComparison.Ordinal);
    }

    /// <summary>Every write to the open journal fails from now on.</summary>
    private void FillTheDisk()
    {
        var journal = Directory.EnumerateFiles(_fixture.Folder, "journal", SearchOption.AllDirectories).Single();
        var descriptor = Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Single(entry => File.ResolveLinkTarget(entry, returnFinalTarget: false)?.FullName == journal);
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        Assert.NotEqual(-1, Duplicate((int)full.DangerousGetHandle(), int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture)));
    }

    [DllImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int from, int to);
}
