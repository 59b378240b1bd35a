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
}
