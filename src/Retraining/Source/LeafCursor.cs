using System.Text.Json;
using TwoTower.Parquet;

namespace Retraining.Source;

/// <summary>Goes through the entries of one leaf of a row group.</summary>
internal sealed class LeafCursor(ParquetLeaf leaf, ParquetEntries entries)
{
    private readonly LeafText.Write _write = LeafText.Of(leaf, entries);
    private int _entry;
    private int _value;

    public ParquetLeaf Leaf => leaf;

    /// <summary>Definition level of the next entry.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public int Definition => _entry < entries.Count
        ? entries.Definition is { } levels ? levels[_entry] : 0
        : throw new InvalidDataException($"Parquet column {leaf.Name}: {_entry} entries, expected more by the rows of the row group");

    /// <summary>Repetition level of the next entry; -1 at the end.</summary>
    public int Repetition => _entry == entries.Count ? -1 : entries.Repetition is { } levels ? levels[_entry] : 0;

    public void Skip() => _entry++;

    /// <summary>Writes the value of the next entry, which has one.</summary>
    public void Write(Utf8JsonWriter to)
    {
        _write(to, _value++);
        _entry++;
    }
}
