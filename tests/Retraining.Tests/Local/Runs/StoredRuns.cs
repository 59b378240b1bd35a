using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;
using Retraining.Tests.Host;

namespace Retraining.Tests.Local.Runs;

/// <summary>Runs that ended long ago, an hour apart, as an engine would have left them. Some were refused, some failed.</summary>
internal static class StoredRuns
{
    private static readonly DateTimeOffset First = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RetrainingRequest Request = new() { Settings = new RetrainingSettings(), StartedBy = "timer" };
    private static readonly JsonElement Input = Json(new { dataset = "runs/x/dataset.json" });

    public static void InFolder(string folder, int count)
    {
        var folders = new RunFolders(folder);
        foreach (var (run, records) in Make(count))
        {
            var place = folders.Create(run.RunId, records[0].At);
            var frames = records.Select(record => JournalFrame.Encode(JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Options)));
            File.WriteAllBytes(place.Journal, [.. frames.SelectMany(frame => frame)]);
        }
    }

    public static async Task InDatabaseAsync(NpgsqlDataSource database, int count)
    {
        await using var connection = await database.OpenConnectionAsync();
        var runs = Make(count).ToList();
        await using (var copy = await connection.BeginBinaryImportAsync("copy two_tower.runs (run_id, version) from stdin (format binary)"))
        {
            foreach (var (run, _) in runs)
                await copy.WriteRowAsync(CancellationToken.None, run.RunId, run.Version);
            await copy.CompleteAsync();
        }

        await using var writer = await connection.BeginBinaryImportAsync(
            "copy two_tower.run_records (run_id, sequence, kind, checksum, record) from stdin (format binary)");
        foreach (var (run, records) in runs)
        {
            foreach (var record in records)
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Options);
                await writer.StartRowAsync();
                await writer.WriteAsync(run.RunId, NpgsqlDbType.Text);
                await writer.WriteAsync(record.Sequence, NpgsqlDbType.Bigint);
                await writer.WriteAsync(record.Kind, NpgsqlDbType.Text);
                await writer.WriteAsync((long)RecordChecksum.Of(json), NpgsqlDbType.Bigint);
                await writer.WriteAsync(System.Text.Encoding.UTF8.GetString(json), NpgsqlDbType.Text);
            }
        }

        await writer.CompleteAsync();
    }

    private static IEnumerable<(RunKey Run, List<JournalRecord> Records)> Make(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var at = First.AddHours(i);
            var run = new RunKey($"stored-{i:D4}", VersionName.From(at));
            yield return (run, Records(run, at, i));
        }
    }

    private static List<JournalRecord> Records(RunKey run, DateTimeOffset at, int number)
    {
        var records = new List<JournalRecord>();
        Add(EventKinds.RunStarted, null, new RunStartedContent(run.RunId, at, Request));
        Add(EventKinds.StageStarted, 0, new StageStartedContent("Train the towers", Input));
        Add(EventKinds.StageCompleted, 0, new StageCompletedContent(1, Input));
        var ended = number % 10 == 9 ? SampleRuns.Rejected(run.RunId) : SampleRuns.Published(run.RunId);
        if (number % 100 == 99)
            Add(EventKinds.RunFailed, null, new RunFailedContent("train: loss is NaN in epoch 2, expected a finite number"));
        else
            Add(EventKinds.RunCompleted, null, new RunCompletedContent(ended.Result!));
        return records;

        void Add<T>(string kind, int? call, T content) => records.Add(
            new JournalRecord(records.Count, at.AddSeconds(records.Count), kind, call is null ? null : "train", call, Json(content)));
    }

    private static JsonElement Json<T>(T content) => JsonSerializer.SerializeToElement(content, RecordJson.Options);
}
