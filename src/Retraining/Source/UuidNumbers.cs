using System.Numerics;
using System.Runtime.InteropServices;

namespace Retraining.Source;

/// <summary>Numbers by UUID, for millions of lookups: an open table whose entries hold key and number in one place.</summary>
internal sealed class UuidNumbers
{
    /// <summary>Most ids looked up at a time.</summary>
    public const int Block = 64;

    private Entry[] _entries = new Entry[1 << 10];
    private int _count;

    /// <summary>
    /// Looks a block up. What costs is the wait for memory, so the most likely entry of each is fetched first: no fetch waits for another one, as
    /// one would behind a comparison.
    /// </summary>
    /// <param name="ids">At most <see cref="Block"/>.</param>
    /// <param name="numbers">[ids]; -1 for one that is not there.</param>
    public void Find(ReadOnlySpan<Guid> ids, Span<int> numbers)
    {
        Span<Entry> likely = stackalloc Entry[Block];
        for (var i = 0; i < ids.Length; i++)
            likely[i] = _entries[SlotOf(_entries, ids[i])];
        for (var i = 0; i < ids.Length; i++)
            numbers[i] = likely[i].Id == ids[i] ? likely[i].Count - 1 : Find(ids[i]);
    }

    /// <returns>-1 for an id that is not there.</returns>
    public int Find(Guid id) => EntryOf(_entries, id).Count - 1;

    /// <param name="id">One that is not there yet.</param>
    /// <param name="number">0 or more.</param>
    /// <returns>The number.</returns>
    public int Add(Guid id, int number)
    {
        if (++_count > _entries.Length / 2)
            Grow();
        EntryOf(_entries, id) = new(id, number + 1);
        return number;
    }

    private void Grow()
    {
        var larger = new Entry[checked(_entries.Length * 2)];
        foreach (ref readonly var entry in _entries.AsSpan())
        {
            if (entry.Count > 0)
                EntryOf(larger, entry.Id) = entry;
        }

        _entries = larger;
    }

    /// <returns>The id's entry, or the free one where it belongs.</returns>
    private static ref Entry EntryOf(Entry[] entries, Guid id)
    {
        var slot = SlotOf(entries, id);
        while (entries[slot].Count > 0 && entries[slot].Id != id)
            slot = (slot + 1) & (entries.Length - 1);
        return ref entries[slot];
    }

    private static int SlotOf(Entry[] entries, Guid id)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(MemoryMarshal.CreateReadOnlySpan(ref id, 1));
        var hash = (halves[0] ^ BitOperations.RotateLeft(halves[1], 32)) * 0x9E37_79B9_7F4A_7C15; // the golden ratio spreads ids that count up, too
        return (int)(hash >> (64 - BitOperations.Log2((uint)entries.Length)));
    }

    /// <param name="Id">The key.</param>
    /// <param name="Count">The number and 1; 0 where the entry is free.</param>
    private readonly record struct Entry(Guid Id, int Count);
}
