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

    public static TheoryData<string> Histories => [.. Names()];

    /// <summary>Those that got as far as training.</summary>
    public static TheoryData<string> Trained => [.. Names().Where(name => Read(name).Any(IsTraining))];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Histories_ThereAreSome() => Assert.NotEmpty(Histories);

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Pipeline_RecordedHistory_IsReplayedToItsEndWithoutRunningAStage(string name)
    {
        var records = Read(name);
        var (engine, runId) = await ReopenAsync(records);
        await using (engine)
        {
            await engine.ResumeAsync(runId, null, CancellationToken.None);
            var run = (await engine.WaitAsync(runId, CancellationToken.None))!;

            var done = records.Where(record => record.Kind == EventKinds.StageCompleted).Select(record => record.Call).ToHashSet();
            Assert.Equal(done.Count, run.Stages.Count(stage => stage.Status == StageStatus.Completed));
            AssertEnd(records[^1], run);
        }
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public async Task Pipeline_RecordedHistoryWithAnotherInput_IsRefused(string name)
    {
        var records = Read(name).ToList();
        var train = records.FindIndex(IsTraining);
        var changed = records[train].Content.GetRawText().Replace("\"embeddingDim\":", "\"embeddingDim\":1", StringComparison.Ordinal);
        records[train] = records[train] with { Content = JsonSerializer.Deserialize<JsonElement>(changed) };
        var (engine, runId) = await ReopenAsync(records);
        await using (engine)
        {
            await engine.ResumeAsync(runId, null, CancellationToken.None);
            var run = await engine.WaitAsync(runId, CancellationToken.None);

            Assert.Equal(RunStatus.Failed, run!.Status);
            Assert.Contains("embeddingDim 1", run.Error, StringComparison.Ordinal);
        }
    }

    private static bool IsTraining(JournalRecord record) => record.Kind == EventKinds.StageStarted && record.Stage == Stages.TrainTowers.Name;

    /// <summary>The run comes to the end that was recorded; a cancelled one gets as far as the stage that it was cancelled in.</summary>
    private static void AssertEnd(JournalRecord end, RunState run)
    {
        switch (end.Kind)
        {
            case EventKinds.RunCompleted:
                Assert.Equal((RunStatus.Completed, null), (run.Status, run.Error));
                Assert.Equal(AsToday(end.Content.GetProperty("result")), JsonSerializer.Serialize(run.Result, RecordJson.Options));
                break;
            case EventKinds.RunFailed:
                Assert.Equal((RunStatus.Failed, end.Content.GetProperty("error").GetString()), (run.Status, run.Error));
                break;
            default:
                Assert.Equal((EventKinds.RunTerminated, RunStatus.Failed), (end.Kind, run.Status));
                Assert.Contains("has no implementation", run.Error, StringComparison.Ordinal);
                break;
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

    private static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Folder(), "*.ndjson").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    private static IReadOnlyList<JournalRecord> Read(string name) =>
        [.. File.ReadLines(Path.Combine(Folder(), name)).Select(line => JsonSerializer.Deserialize<JournalRecord>(line, RecordJson.Options)!)];

    /// <summary>With the optional members that were added since.</summary>
    private static string AsToday(JsonElement result) => JsonSerializer.Serialize(result.Deserialize<RetrainingResult>(RecordJson.Options), RecordJson.Options);

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../Histories");
}
