namespace Retraining.Postgres.Source;

/// <summary>Numbers of byte strings, from 0 in the order in which they came; no object for one.</summary>
internal sealed class KnownBytes
{
    private byte[] _bytes = new byte[1 << 12];
    private int _used;
    private Entry[] _entries = new Entry[1 << 8];

    /// <summary>An open table of numbers + 1; 0 is free.</summary>
    private int[] _slots = new int[1 << 9];

    public int Count { get; private set; }

    /// <returns>The number, or -1 for what was not added.</returns>
    public int Find(ReadOnlySpan<byte> value) => Slot(value, HashOf(value)) - 1;

    /// <returns>The number: a new one, <see cref="Count"/> before, where the value is new.</returns>
    public int Add(ReadOnlySpan<byte> value)
    {
        var hash = HashOf(value);
        ref var slot = ref Slot(value, hash);
        if (slot > 0)
            return slot - 1;
        if (Count == _entries.Length)
            Array.Resize(ref _entries, checked(_entries.Length * 2));
        if (_bytes.Length - _used < value.Length)
            Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, _used + value.Length)));
        value.CopyTo(_bytes.AsSpan(_used));
        _entries[Count] = new(_used, value.Length, hash);
        _used += value.Length;
        slot = ++Count;
        if (Count > _slots.Length / 2)
            Grow();
        return Count - 1;
    }

    private void Grow()
    {
        _slots = new int[checked(_slots.Length * 2)];
        for (var number = 0; number < Count; number++)
        {
            var slot = _entries[number].Hash & (_slots.Length - 1);
            while (_slots[slot] > 0)
                slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = number + 1;
        }
    }

    /// <returns>Where the value's number is, or belongs.</returns>
    private ref int Slot(ReadOnlySpan<byte> value, int hash)
    {
        var slot = hash & (_slots.Length - 1);
        while (_slots[slot] > 0 && !Is(_entries[_slots[slot] - 1], value, hash))
            slot = (slot + 1) & (_slots.Length - 1);
        return ref _slots[slot];
    }

    private bool Is(in Entry entry, ReadOnlySpan<byte> value, int hash) =>
        entry.Hash == hash && value.SequenceEqual(_bytes.AsSpan(entry.Start, entry.Length));

    private static int HashOf(ReadOnlySpan<byte> value)
    {
        var hash = new HashCode();
        hash.AddBytes(value);
        return hash.ToHashCode();
    }

    private readonly record struct Entry(int Start, int Length, int Hash);
}
