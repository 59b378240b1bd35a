using System.Net;
using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Operations;
using Retraining.Tests.Cli;
using Retraining.Tests.Host;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Local.Runs;

/// <summary>One journal that cannot be read hides no other run, and says what is wrong with it.</summary>
public sealed class UnreadableRunsTests : IAsyncLifetime
{
    private const string Damaged = "bad";
    private readonly EngineFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _fixture.CloseAsync();

    [Theory]
    [InlineData(false, "a damaged record, expected an intact record")]
    [InlineData(true, "is about call 7, expected a call that was started")] // sound, and of another build
    public async Task ListAsync_OneJournalUnreadable_TellsItWithTheReasonBesideTheOthers(bool wellFormed, string why)
    {
        await RunThreeAsync(wellFormed);

        var runs = (await _fixture.Open().ListAsync(new RunQuery { WithRecords = true }, CancellationToken.None)).Runs;

        Assert.Equal(
            [("newest", RunStatus.Completed), (Damaged, RunStatus.Unknown), ("oldest", RunStatus.Completed)], runs.Select(run => (run.RunId, run.Status)));
        Assert.Contains(why, runs[1].Error, StringComparison.Ordinal);
        Assert.Contains(_fixture.Folder, runs[1].Error, StringComparison.Ordinal);
        Assert.Equal(runs[2].CreatedAt.AddSeconds(1), runs[1].CreatedAt);
        var error = await Assert.ThrowsAsync<JournalUnreadableException>(() => _fixture.Open().GetAsync(Damaged, CancellationToken.None));
        Assert.Equal(runs[1].Error, error.Message);
    }

    [Fact]
    public async Task StartAsync_OneJournalUnreadable_StartsOthersAndNotTheSameAgain()
    {
        await RunThreeAsync();
        var engine = _fixture.Open();

        Assert.Equal(RunStatus.Completed, (await EngineFixture.RunAsync(engine, "next")).Status);
        await Assert.ThrowsAsync<RunInProgressException>(() => EngineFixture.RunAsync(engine, Damaged));

        Assert.Equal(ControlResult.Accepted, await engine.PurgeAsync(Damaged, CancellationToken.None));
        Assert.Equal(RunStatus.Completed, (await EngineFixture.RunAsync(engine, Damaged)).Status);
    }

    [Fact]
    public async Task Routes_OneJournalUnreadable_TellTheReasonAndWorkForTheOthers()
    {
        await RunThreeAsync();
        await using var host = await HostFixture.StartAsync(engine: _fixture.Open());
        using var client = host.Client();

        var listed = (await client.GetJsonAsync("/api/runs")).GetProperty("runs")[1];
        Assert.Equal("Unknown", listed.GetProperty("status").GetString());
        Assert.Contains("a damaged record", listed.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, (await client.GetJsonAsync("/runtime/webhooks/durabletask/instances")).GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/runs/oldest")).StatusCode);
        Assert.Contains("a damaged record", await (await client.GetAsync($"/api/runs/{Damaged}")).ProblemAsync(HttpStatusCode.InternalServerError), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"/runtime/webhooks/durabletask/instances/{Damaged}")).StatusCode);
        Assert.Equal(2, (await client.GetJsonAsync("/api/runs")).GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public async Task PurgeMany_OneJournalUnreadable_IsSparedUnlessItIsNamed()
    {
        await RunThreeAsync();
        await using var host = await HostFixture.StartAsync(engine: _fixture.Open());
        using var client = host.Client();
        const string Old = "/runtime/webhooks/durabletask/instances?createdTimeFrom=2020-01-01T00:00:00Z";

        await client.DeleteAsync(Old);
        Assert.Equal(Damaged, Assert.Single((await client.GetJsonAsync("/api/runs")).GetProperty("runs").EnumerateArray()).GetProperty("id").GetString());
        await client.DeleteAsync(Old + "&runtimeStatus=Unknown");

        Assert.Equal(0, (await client.GetJsonAsync("/api/runs")).GetProperty("runs").GetArrayLength());
    }

    [Theory]
    [InlineData("newest")]
    [InlineData(Damaged)]
    public async Task Pages_OneJournalUnreadable_TellTheReason(string last)
    {
        await RunThreeAsync();
        var engine = _fixture.Open();
        if (last == Damaged)
            await engine.PurgeAsync("newest", CancellationToken.None);
        await using var host = await HostFixture.StartAsync(engine: engine);
        using var client = host.Client();

        Assert.Contains("a damaged record", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains("Unreadable", await client.GetStringAsync("/runs"), StringComparison.Ordinal);
        var page = await client.GetAsync($"/runs/{Damaged}");
        Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
        Assert.Contains($"retrain purge {Damaged}", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/runs/oldest")).StatusCode);
    }

    [Fact]
    public async Task HistoryAndStatus_OneJournalUnreadable_TellTheReason()
    {
        await RunThreeAsync();
        using var cli = new CliFixture();
        cli.Variables["TwoTower__Engine__Folder"] = _fixture.Folder;

        var listed = await cli.RunAsync("history");
        var (bad, good) = (await cli.RunAsync("status", Damaged), await cli.RunAsync("status", "oldest"));

        Assert.Equal(0, listed.Code);
        Assert.Contains("unreadable", listed.Out, StringComparison.Ordinal);
        Assert.Contains("oldest", listed.Out, StringComparison.Ordinal);
        Assert.Equal((1, 0), (bad.Code, good.Code));
        Assert.Contains("a damaged record", bad.Error, StringComparison.Ordinal);
    }

    /// <summary>Three ended runs, of which the middle one cannot be read.</summary>
    private async Task RunThreeAsync(bool wellFormed = false)
    {
        _fixture.Time = new FakeTime(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));
        var engine = _fixture.Open();
        foreach (var id in new[] { "oldest", Damaged, "newest" })
            await EngineFixture.RunAsync(engine, id);
        var home = _fixture.OpenJournals();
        var run = home.Find(Damaged)!;
        File.Delete(FileOf(run, "summary"));
        if (wellFormed)
        {
            using var journal = await home.TryOpenAsync(run, null, CancellationToken.None);
            journal!.Append(EventKinds.StageCompleted, "last", 7, new ReasonContent("what another build wrote"));
            return;
        }

        var bytes = await File.ReadAllBytesAsync(FileOf(run, "journal"));
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(FileOf(run, "journal"), bytes);
    }

    private string FileOf(RunKey run, string name) => Path.Combine(_fixture.Folder, "journals", $"{run.Version}~{run.RunId}", name);
}
