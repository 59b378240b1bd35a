using System.Numerics;
using System.Runtime.InteropServices;

namespace Retraining.Source;

/// <summary>Numbers by UUID, for millions of lookups: an open table of eight bytes a slot, so that it stays in the processor's caches.</summary>
internal sealed class UuidNumbers
{
    /// <summary>Most ids looked up at a time.</summary>
    public const int Block = 64;

    private Slot[] _slots = new Slot[1 << 10];
    private Entry[] _entries = new Entry[1 << 9];
    private int _count;

    /// <summary>
    /// Looks a block up. What costs is the wait for memory, so the most likely slot of each is fetched first: no fetch waits for another one, as
    /// one would behind a comparison.
    /// </summary>
    /// <param name="ids">At most <see cref="Block"/>.</param>
    /// <param name="numbers">[ids]; -1 for one that is not there.</param>
    public void Find(ReadOnlySpan<Guid> ids, Span<int> numbers)
    {
        Span<Slot> likely = stackalloc Slot[Block];
        Span<ulong> hashes = stackalloc ulong[Block];
        for (var i = 0; i < ids.Length; i++)
        {
            hashes[i] = HashOf(ids[i]);
            likely[i] = _slots[FirstOf(hashes[i])];
        }

        for (var i = 0; i < ids.Length; i++)
        {
            var (tag, entry) = likely[i];
            numbers[i] = entry > 0 && tag == (uint)hashes[i] && _entries[entry - 1].Id == ids[i] ? _entries[entry - 1].Number : Find(ids[i], hashes[i]);
        }
    }

    /// <returns>-1 for an id that is not there.</returns>
    public int Find(Guid id) => Find(id, HashOf(id));

    /// <param name="id">One that is not there yet.</param>
    /// <param name="number">0 or more.</param>
    /// <returns>The number.</returns>
    public int Add(Guid id, int number)
    {
        if (_count == _entries.Length)
            Grow();
        _entries[_count++] = new(id, number);
        Place(HashOf(id), _count);
        return number;
    }

    private int Find(Guid id, ulong hash)
    {
        for (var at = FirstOf(hash); _slots[at].Entry > 0; at = (at + 1) & (_slots.Length - 1))
        {
            if (_slots[at].Tag == (uint)hash && _entries[_slots[at].Entry - 1].Id == id)
                return _entries[_slots[at].Entry - 1].Number;
        }

        return -1;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, checked(_entries.Length * 2));
        _slots = new Slot[checked(_slots.Length * 2)];
        for (var entry = 0; entry < _count; entry++)
            Place(HashOf(_entries[entry].Id), entry + 1);
    }

    private void Place(ulong hash, int entry)
    {
        var at = FirstOf(hash);
        while (_slots[at].Entry > 0)
            at = (at + 1) & (_slots.Length - 1);
        _slots[at] = new((uint)hash, entry);
    }

    private int FirstOf(ulong hash) => (int)(hash >> (64 - BitOperations.Log2((uint)_slots.Length)));

    private static ulong HashOf(in Guid id)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(MemoryMarshal.CreateReadOnlySpan(in id, 1));
        return (halves[0] ^ BitOperations.RotateLeft(halves[1], 32)) * 0x9E37_79B9_7F4A_7C15; // the golden ratio spreads ids that count up, too
    }

    /// <param name="Tag">Of the id's hash what its place does not say: most other ids are told by it alone.</param>
    /// <param name="Entry">The entry's position and 1; 0 where the slot is free.</param>
    private readonly record struct Slot(uint Tag, int Entry);

    private readonly record struct Entry(Guid Id, int Number);
}
