using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Tests.Journal;

namespace Retraining.Tests.Local.Engine;

/// <summary>
/// Every history in <c>Histories/</c> was recorded by a real run of the definition of its day. Today's definition has to take the same way
/// through it, or runs that are in progress during an upgrade would break. Histories are added, never changed.
/// </summary>
public sealed class RecordedHistoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("history-");

    public static TheoryData<string> Histories => [.. Directory.EnumerateFiles(Folder(), "*.ndjson").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Histories_ThereAreSome() => Assert.NotEmpty(Histories);

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Pipeline_RecordedHistory_IsReplayedToItsResultWithoutRunningAStage(string name)
    {
        var records = Read(name);
        var (engine, runId) = await ReopenAsync(records);
        await using (engine)
        {
            await engine.RewindAsync(runId, null, CancellationToken.None);
            var run = await engine.WaitAsync(runId, CancellationToken.None);

            Assert.Equal((RunStatus.Completed, null), (run!.Status, run.Error));
            Assert.Equal(records.Count(record => record.Kind == EventKinds.StageCompleted), run.Stages.Count);
            Assert.Equal(AsToday(records[^1].Content.GetProperty("result")), JsonSerializer.Serialize(run.Result, RecordJson.Options));
        }
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Pipeline_RecordedHistoryWithAnotherInput_IsRefused(string name)
    {
        var records = Read(name).ToList();
        var train = records.FindIndex(record => record.Kind == EventKinds.StageStarted && record.Stage == Stages.TrainTowers.Name);
        var changed = records[train].Content.GetRawText().Replace("\"embeddingDim\":", "\"embeddingDim\":1", StringComparison.Ordinal);
        records[train] = records[train] with { Content = JsonSerializer.Deserialize<JsonElement>(changed) };
        var (engine, runId) = await ReopenAsync(records);
        await using (engine)
        {
            await engine.RewindAsync(runId, null, CancellationToken.None);
            var run = await engine.WaitAsync(runId, CancellationToken.None);

            Assert.Equal(RunStatus.Failed, run!.Status);
            Assert.Contains("the journal records train with input", run.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>The run as it stood when all its stages were done and its end was not yet recorded.</summary>
    private async Task<(LocalEngine Engine, string RunId)> ReopenAsync(IReadOnlyList<JournalRecord> records)
    {
        var home = new JournalPlace().Open(_folder.FullName, TimeProvider.System);
        var started = records[0].Read<Retraining.Local.Journal.RunStartedContent>();
        home.Prepare();
        var run = home.Create(started.RunId, started.StartedAt);
        using (var journal = (await home.TryOpenAsync(run, null, CancellationToken.None))!)
        {
            foreach (var record in records.SkipLast(1))
                journal.Append(record.Kind, record.Stage, record.Call, record.Content);
        }

        var services = new EngineServices // no stage has an implementation: one that ran would fail
        {
            Settings = new EngineSettings { Folder = _folder.FullName },
            Stages = new StageRegistry(),
            Logging = NullLoggerFactory.Instance,
            Journals = home,
        };
        return (new LocalEngine(services), started.RunId);
    }

    private static IReadOnlyList<JournalRecord> Read(string name) =>
        [.. File.ReadLines(Path.Combine(Folder(), name)).Select(line => JsonSerializer.Deserialize<JournalRecord>(line, RecordJson.Options)!)];

    /// <summary>With the optional members that were added since.</summary>
    private static string AsToday(JsonElement result) => JsonSerializer.Serialize(result.Deserialize<RetrainingResult>(RecordJson.Options), RecordJson.Options);

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../Histories");
}
