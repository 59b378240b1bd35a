namespace Retraining.Journal;

/// <summary>The history of one run, open for appending by this process alone. What <c>Append</c> returned survives a power cut. Thread-safe.</summary>
public interface IRunJournal : IDisposable
{
    /// <summary>All records so far.</summary>
    IReadOnlyList<JournalRecord> Records { get; }

    /// <exception cref="JournalWriteException">The record could not be written, or another process holds the journal now; it is as before.</exception>
    JournalRecord Append<T>(string kind, string? stage, int? call, T content);

    JournalRecord Append<T>(string kind, T content) => Append(kind, stage: null, call: null, content);

    /// <summary>Makes sure that the journal is still this process's own.</summary>
    /// <exception cref="JournalWriteException">It is not, and cannot be made so again.</exception>
    void Renew();
}
