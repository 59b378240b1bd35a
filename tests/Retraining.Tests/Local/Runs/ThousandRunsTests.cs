using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Tests.Host;
using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Runs;

/// <summary>
/// A list of a thousand stored runs reads the journal of none that has ended: counted, because that is what makes it fast, on any machine.
/// </summary>
public abstract partial class ThousandRunsTests : IAsyncLifetime
{
    private protected const int Count = 1000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("thousand-");
    private readonly JournalPlace _place;

    private protected ThousandRunsTests(JournalPlace place) => _place = place;

    private protected string Folder => _folder.FullName;

    /// <summary>Puts <see cref="Count"/> runs into the place.</summary>
    private protected abstract Task StoreAsync();

    public async Task InitializeAsync()
    {
        if (JournalFactDiscoverer.ReasonToSkip(GetType().FullName!) is not null)
            return;
        var home = new CountingJournalHome(_place.Open(Folder, TimeProvider.System));
        home.Prepare();
        await StoreAsync();
        await using var engine = Open(home);

        // As at the first start of a build that keeps summaries.
        var page = await engine.ListAsync(new RunQuery { Top = Count }, CancellationToken.None);

        Assert.Equal((Count, Count), (page.Runs.Count, home.Reads));
    }

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [JournalFact]
    public async Task ListAsync_FirstAndSecond_ReadNoJournal()
    {
        var home = Counting();
        await using var engine = Open(home);

        for (var list = 0; list < 2; list++)
        {
            var runs = (await engine.ListAsync(new RunQuery { Top = Count }, CancellationToken.None)).Runs;
            Assert.Equal(Count, runs.Count);
            Assert.Equal(("stored-0999", RunStatus.Failed), (runs[0].RunId, runs[0].Status));
            Assert.Equal((RetrainingOutcome.Rejected, 0.21), (runs[10].Ending!.Outcome, runs[10].Ending!.Metrics[0].Challenger));
            Assert.Equal("timer", runs[^1].StartedBy);
        }

        Assert.Equal(0, home.Reads);
    }

    [JournalFact]
    public async Task ListAsync_WithRecords_ReadsNoJournalAndTellsWhatWasRecorded()
    {
        var home = Counting();
        await using var engine = Open(home);

        var runs = (await engine.ListAsync(new RunQuery { Top = Count, WithRecords = true }, CancellationToken.None)).Runs;

        Assert.Equal(0, home.Reads);
        foreach (var run in new[] { runs[0], runs[1], runs[^1] })
        {
            var whole = (await engine.GetAsync(run.RunId, CancellationToken.None))!;
            Assert.Equal(JsonSerializer.Serialize(whole.Request, RecordJson.Options), Text(run.RequestJson));
            Assert.Equal(JsonSerializer.Serialize(whole.Result, RecordJson.Options), Text(run.ResultJson));
        }
    }

    [JournalFact]
    public async Task Routes_Lists_ReadNoJournal()
    {
        var home = Counting();
        await using var engine = Open(home);
        await using var host = await HostFixture.StartAsync(realTime: true, engine: engine);
        using var client = host.Client();

        for (var round = 0; round < 2; round++)
        {
            using var api = JsonDocument.Parse(await client.GetStringAsync($"/api/runs?top={Count}"));
            using var durable = JsonDocument.Parse(await client.GetStringAsync($"/runtime/webhooks/durabletask/instances?top={Count}"));
            Assert.Equal(Count, api.RootElement.GetProperty("runs").GetArrayLength());
            Assert.Equal(Count, durable.RootElement.GetArrayLength());
            Assert.Equal("timer", durable.RootElement[1].GetProperty("input").GetProperty("startedBy").GetString());
            Assert.Equal(Count, await PagedAsync(client));
        }

        Assert.Equal(0, home.Reads);
    }

    [JournalFact]
    public async Task Overview_Twice_ReadsTheJournalOfTheRunThatItExplains()
    {
        var home = Counting();
        await using var engine = Open(home);
        await using var host = await HostFixture.StartAsync(realTime: true, engine: engine);
        using var client = host.Client();

        foreach (var _ in new[] { "first", "second" })
            Assert.Contains("stored-0999", await client.GetStringAsync("/"), StringComparison.Ordinal);

        Assert.Equal(1, home.Reads);
    }

    private protected static LocalEngine Open(IJournalHome home) => new(new EngineServices
    {
        Settings = new EngineSettings(),
        Stages = new StageRegistry(),
        Logging = NullLoggerFactory.Instance,
        Journals = home,
    });

    private CountingJournalHome Counting() => new(_place.Open(Folder, TimeProvider.System));

    /// <summary>Runs on the pages of the status page's list.</summary>
    private static async Task<int> PagedAsync(HttpClient client)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var next = "/runs"; next is not null;)
        {
            var page = await client.GetStringAsync(next);
            seen.UnionWith(Run().Matches(page).Select(match => match.Value));
            next = Older().Match(page) is { Success: true } link ? System.Net.WebUtility.HtmlDecode(link.Groups[1].Value) : null;
        }

        return seen.Count;
    }

    private static string Text(ReadOnlyMemory<byte>? json) => System.Text.Encoding.UTF8.GetString(json!.Value.Span);

    [GeneratedRegex("/runs/stored-[0-9]+")]
    private static partial Regex Run();

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex Older();
}
