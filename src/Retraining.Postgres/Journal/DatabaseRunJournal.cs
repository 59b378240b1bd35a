using System.Text;
using System.Text.Json;
using Npgsql;
using Retraining.Execution;
using Retraining.Journal;

namespace Retraining.Postgres.Journal;

/// <summary>The history of one run in PostgreSQL. What <c>Append</c> returned is committed. It survives a restart of the server.</summary>
/// <param name="session">Holds the run's lock.</param>
/// <param name="leased">The session belongs to a lease, and stays open when the journal is closed.</param>
internal sealed class DatabaseRunJournal(RunKey run, JournalSession session, bool leased, IEnumerable<JournalRecord> records, TimeProvider time) : IRunJournal
{
    private readonly List<JournalRecord> _records = [.. records];
    private JournalWriteException? _refused;

    public IReadOnlyList<JournalRecord> Records
    {
        get
        {
            lock (session.Gate)
                return [.. _records];
        }
    }

    public JournalRecord Append<T>(string kind, string? stage, int? call, T content)
    {
        lock (session.Gate)
        {
            var json = JsonSerializer.SerializeToElement(content, RecordJson.Options);
            var record = new JournalRecord(_records.Count, time.GetUtcNow(), kind, stage, call, json);
            var text = JsonSerializer.Serialize(record, RecordJson.Options);
            Keep(record, () => Write(record, text), stored => stored.Count == record.Sequence ? null : Equals(stored, record.Sequence, text));
            _records.Add(record);
            return record;
        }
    }

    public void Renew()
    {
        lock (session.Gate)
        {
            Keep(record: null, Ask, stored => stored.Count == _records.Count);

            void Ask()
            {
                using var command = session.Command("select 1");
                command.ExecuteNonQuery();
            }
        }
    }

    public void Dispose()
    {
        lock (session.Gate)
        {
            session.Unlock(JournalSession.RunLock, run.RunId);
            if (!leased)
                session.Dispose();
        }
    }

    /// <summary>Does something over the session; after a break, once more when nobody else wrote meanwhile.</summary>
    /// <param name="settled">What the stored records say after a break: true, it is done; false, somebody else wrote; null, do it once more.</param>
    private void Keep(JournalRecord? record, Action action, Func<IReadOnlyList<string>, bool?> settled)
    {
        if (_refused is not null)
            throw new JournalWriteException(_refused.Message, _refused);
        for (var again = false; ; again = true)
        {
            try
            {
                action();
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation)
            {
                throw Refused(record, "another process went on with this run", e);
            }
            catch (NpgsqlException e) when (!again && JournalSession.IsBreak(e))
            {
                if (!session.TryReopen())
                    throw Refused(record, $"the connection broke ({e.Message}) and another process holds the run, or the server did not come back", e);
                if (settled(Stored()) is not { } done)
                    continue;
                if (done)
                    return;
                throw Refused(record, "another process went on with this run while the connection was broken", e);
            }
            catch (NpgsqlException e)
            {
                throw Refused(record, e.Message, e);
            }
        }
    }

    private void Write(JournalRecord record, string text)
    {
        using var command = session.Command(
            "insert into two_tower.run_records (run_id, sequence, kind, checksum, record) values ($1, $2, $3, $4, $5)",
            run.RunId, record.Sequence, record.Kind, (long)RecordChecksum.Of(Encoding.UTF8.GetBytes(text)), text);
        command.ExecuteNonQuery();
    }

    private List<string> Stored()
    {
        using var command = session.Command("select record from two_tower.run_records where run_id = $1 order by sequence", run.RunId);
        using var reader = command.ExecuteReader();
        var stored = new List<string>();
        while (reader.Read())
            stored.Add(reader.GetString(0));
        return stored;
    }

    private static bool Equals(IReadOnlyList<string> stored, long sequence, string text) => stored.Count == sequence + 1 && stored[^1] == text;

    private JournalWriteException Refused(JournalRecord? record, string why, Exception fault) =>
        _refused = new JournalWriteException($"run {run.RunId}: {(record is null ? "its journal" : $"record {record.Sequence} ({record.Kind})")} cannot be written: {why}", fault);
}
