using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Files;

namespace Retraining.Local.Journal;

/// <summary>The history of one run in a file. What <c>Append</c> returned is on the disk.</summary>
internal sealed class RunJournal : IRunJournal
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly List<JournalRecord> _records;
    private readonly IDisposable? _held;
    private readonly Action<FileStream> _sync;

    private RunJournal(
        FileStream file, TimeProvider time, IEnumerable<JournalRecord> records, IDisposable? held, Action<FileStream> sync)
    {
        _held = held;
        _sync = sync;
        _file = file;
        _time = time;
        _records = [.. records];
    }

    /// <summary>All records so far.</summary>
    public IReadOnlyList<JournalRecord> Records
    {
        get
        {
            lock (_gate)
                return [.. _records];
        }
    }

    /// <summary>Opens a journal, creating it when there is none, and cuts off what an interrupted write left.</summary>
    /// <param name="held">What keeps others out; ends with the journal.</param>
    /// <param name="sync">Brings what was written onto the disk; null asks the system to (fsync).</param>
    /// <exception cref="JournalUnreadableException">There is damage before an intact record.</exception>
    public static RunJournal Open(
        string path, TimeProvider time, ILogger logger, IDisposable? held = null, Action<FileStream>? sync = null)
    {
        sync ??= file => file.Flush(flushToDisk: true);
        var text = File.Exists(path) ? JournalReader.Read(path) : new JournalText([], 0, 0);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        if (text.TornBytes > 0)
        {
            logger.JournalRepaired(path, text.TornBytes, text.IntactBytes);
            file.SetLength(text.IntactBytes);
            sync(file);
        }

        file.Position = text.IntactBytes;
        DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
        return new RunJournal(file, time, text.Records, held, sync);
    }

    public JournalRecord Append<T>(string kind, T content) => Append(kind, stage: null, call: null, content);

    /// <exception cref="JournalWriteException">The record could not be written; the journal is as before.</exception>
    public JournalRecord Append<T>(string kind, string? stage, int? call, T content)
    {
        lock (_gate)
        {
            var json = JsonSerializer.SerializeToElement(content, RecordJson.Options);
            var record = new JournalRecord(_records.Count, _time.GetUtcNow(), kind, stage, call, json);
            var frame = JournalFrame.Encode(JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Options));
            var start = _file.Position;
            try
            {
                _file.Write(frame);
                _sync(_file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                CutBack(start);
                throw new JournalWriteException($"{_file.Name}: record {record.Sequence} ({kind}) cannot be written: {e.Message}", e);
            }

            _records.Add(record);
            return record;
        }
    }

    /// <summary>The lock is the operating system's: nobody can take it while this process lives.</summary>
    public void Renew()
    {
    }

    public void Dispose()
    {
        _file.Dispose();
        _held?.Dispose();
    }

    private void CutBack(long length)
    {
        try
        {
            _file.SetLength(length);
            _file.Position = length;
        }
        catch (IOException)
        {
            // The disk refuses this too. The next opening finds an interrupted write and cuts it off.
        }
    }
}
