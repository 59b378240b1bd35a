namespace Retraining.Journal;

/// <summary>A journal has damage that an interrupted write cannot explain, records that this build does not know, or may not be opened.</summary>
public sealed class JournalUnreadableException : IOException
{
    public JournalUnreadableException(string file, long offset, string found)
        : base($"{file}, byte {offset}: {found}, expected an intact record; records follow it, so this is not an interrupted write. Restore the file from a backup, or purge the run")
    {
        File = file;
        Offset = offset;
    }

    /// <param name="place">Which record of which run, in which database.</param>
    /// <param name="found">What lies there.</param>
    public JournalUnreadableException(string place, string found)
        : base($"{place}: {found}, expected an intact record. Restore the database from a backup, or purge the run") => File = place;

    /// <param name="place">Which journal.</param>
    /// <param name="fault">What came of reading it.</param>
    public JournalUnreadableException(string place, Exception fault)
        : base($"{place} cannot be read: {fault.Message}. Make it readable to this build and this user, or purge the run", fault) => File = place;

    public string File { get; }

    /// <summary>In bytes from the start of a file; 0 in a database.</summary>
    public long Offset { get; }
}
