namespace Retraining.Local.Journal;

/// <summary>A journal has damage that an interrupted write cannot explain: intact records follow it.</summary>
public sealed class JournalCorruptException(string file, long offset, string found)
    : IOException($"{file}, byte {offset}: {found}, expected an intact record; records follow it, so this is not an interrupted write. Restore the file from a backup, or purge the run")
{
    public string File { get; } = file;
    public long Offset { get; } = offset;
}
