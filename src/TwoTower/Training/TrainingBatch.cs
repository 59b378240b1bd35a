using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>One step's examples: user rows, and targets that each point at a user row and an item.</summary>
/// <remarks>Several targets may share one user row. Buffers are reused between steps.</remarks>
public sealed class TrainingBatch(int userColumns)
{
    /// <summary>User features, [users in the batch, user input_dim].</summary>
    public SparseRows Users { get; } = new(userColumns);

    /// <summary>For each target the row of its user in <see cref="Users"/>.</summary>
    public List<int> UserRow { get; } = [];

    /// <summary>For each target the index of its positive item in the catalogue.</summary>
    public List<int> Item { get; } = [];

    /// <summary>For each target its weight in the loss, greater than 0; 1 is neutral.</summary>
    public List<float> Weight { get; } = [];

    /// <summary>For each user row the start of its known items in <see cref="KnownItems"/>, with one closing entry: [users + 1].</summary>
    public List<int> KnownOffsets { get; } = [0];

    /// <summary>Per user row, ascending: every item that must not count as a negative for that user (accidental hits).</summary>
    public List<int> KnownItems { get; } = [];

    /// <summary>Per user row: items the user turned down, used as extra negatives when the loss asks for them. Same layout as known items.</summary>
    public List<int> DislikedOffsets { get; } = [0];

    public List<int> DislikedItems { get; } = [];

    public int Targets => Item.Count;

    public void Clear()
    {
        Users.Clear();
        UserRow.Clear();
        Item.Clear();
        Weight.Clear();
        KnownOffsets.Clear();
        KnownOffsets.Add(0);
        KnownItems.Clear();
        DislikedOffsets.Clear();
        DislikedOffsets.Add(0);
        DislikedItems.Clear();
    }

    /// <summary>Makes room for what parts hold together; they are to be taken one by one.</summary>
    internal void Resize(BatchPlace end)
    {
        Users.Resize(end.Users, end.Values);
        CollectionsMarshal.SetCount(UserRow, end.Targets);
        CollectionsMarshal.SetCount(Item, end.Targets);
        CollectionsMarshal.SetCount(Weight, end.Targets);
        CollectionsMarshal.SetCount(KnownOffsets, end.KnownRows + 1);
        CollectionsMarshal.SetCount(KnownItems, end.Known);
        CollectionsMarshal.SetCount(DislikedOffsets, end.DislikedRows + 1);
        CollectionsMarshal.SetCount(DislikedItems, end.Disliked);
    }

    /// <summary>Copies a part to its place. Different parts may be taken side by side.</summary>
    internal void Take(TrainingBatch part, BatchPlace place)
    {
        Users.Take(part.Users, place.Users, place.Values);
        CopyShifted(part.UserRow, UserRow, place.Targets, place.Users);
        CopyShifted(part.KnownOffsets, KnownOffsets, place.KnownRows, place.Known);
        CopyShifted(part.DislikedOffsets, DislikedOffsets, place.DislikedRows, place.Disliked);
        CollectionsMarshal.AsSpan(part.Item).CopyTo(CollectionsMarshal.AsSpan(Item)[place.Targets..]);
        CollectionsMarshal.AsSpan(part.Weight).CopyTo(CollectionsMarshal.AsSpan(Weight)[place.Targets..]);
        CollectionsMarshal.AsSpan(part.KnownItems).CopyTo(CollectionsMarshal.AsSpan(KnownItems)[place.Known..]);
        CollectionsMarshal.AsSpan(part.DislikedItems).CopyTo(CollectionsMarshal.AsSpan(DislikedItems)[place.Disliked..]);
    }

    private static void CopyShifted(List<int> source, List<int> target, int start, int shift) =>
        TensorPrimitives.Add<int>(CollectionsMarshal.AsSpan(source), shift, CollectionsMarshal.AsSpan(target)[start..]);
}
