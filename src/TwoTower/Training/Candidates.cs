using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>The items that a batch's users are scored against, each once, and the batch's targets by user row.</summary>
internal sealed class Candidates(int catalogue)
{
    private readonly int[] _slots = CreateSlots(catalogue);
    private int[] _order = [];
    private int[] _starts = [];

    /// <summary>Item of each candidate.</summary>
    public List<int> Items { get; } = [];

    /// <summary>How often each candidate was drawn; 0 for those that are there only because someone disliked them.</summary>
    public List<int> Drawn { get; } = [];

    /// <summary>Candidates from this one on were not drawn.</summary>
    public int FirstUndrawn { get; private set; }

    /// <summary>Added to each candidate's logit; [candidates].</summary>
    public FloatBuffer Adjustment { get; } = new();

    /// <summary>Added to a candidate's logit where it is the positive; [candidates].</summary>
    public FloatBuffer PositiveAdjustment { get; } = new();

    public int Count => Items.Count;

    /// <summary>Candidate of an item, or -1.</summary>
    public int SlotOf(int item) => _slots[item];

    /// <summary>Targets of one user row.</summary>
    public ReadOnlySpan<int> TargetsOf(int userRow) => _order.AsSpan(_starts[userRow], _starts[userRow + 1] - _starts[userRow]);

    /// <summary>Forgets the last batch.</summary>
    public void Clear()
    {
        foreach (var item in Items)
            _slots[item] = -1;
        Items.Clear();
        Drawn.Clear();
    }

    /// <summary>Counts one draw of an item.</summary>
    public void Draw(int item)
    {
        var slot = Add(item);
        Drawn[slot]++;
        FirstUndrawn = Count;
    }

    /// <summary>Adds an item without a draw; all draws come first.</summary>
    public int Add(int item)
    {
        ref var slot = ref _slots[item];
        if (slot >= 0)
            return slot;
        slot = Items.Count;
        Items.Add(item);
        Drawn.Add(0);
        return slot;
    }

    /// <summary>Makes the whole catalogue the candidates, in its order.</summary>
    public void TakeAll()
    {
        for (var item = 0; item < catalogue; item++)
            Draw(item);
    }

    /// <summary>Groups the targets by their user row.</summary>
    /// <exception cref="InvalidDataException">A target points at a row or item that is not there.</exception>
    public void Group(TrainingBatch batch)
    {
        var rows = batch.Users.Rows;
        if (_starts.Length < rows + 1)
            _starts = new int[rows + 1];
        if (_order.Length < batch.Targets)
            _order = new int[batch.Targets];
        Array.Clear(_starts);
        for (var t = 0; t < batch.Targets; t++)
        {
            if ((uint)batch.UserRow[t] >= (uint)rows || (uint)batch.Item[t] >= (uint)catalogue)
                throw new InvalidDataException($"target {t}: user row {batch.UserRow[t]} of {rows} and item {batch.Item[t]} of {catalogue}");
            _starts[batch.UserRow[t]]++;
        }

        var next = 0;
        for (var row = 0; row <= rows; row++)
            (_starts[row], next) = (next, next + _starts[row]);
        for (var t = 0; t < batch.Targets; t++)
            _order[_starts[batch.UserRow[t]]++] = t;
        for (var row = rows; row > 0; row--)
            _starts[row] = _starts[row - 1];
        _starts[0] = 0;
    }

    private static int[] CreateSlots(int catalogue)
    {
        var slots = new int[catalogue];
        Array.Fill(slots, -1);
        return slots;
    }
}
