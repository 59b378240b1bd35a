using TwoTower.Model;
using TwoTower.Training;

namespace Benchmarks;

/// <summary>The generated data of the speed comparison: sparse users and items with four numerics each, positives, one held-out item a user.</summary>
internal sealed class SpeedData : IExampleSource
{
    private const int UserTags = 7000;
    private const int ItemTags = 9800;
    private readonly int[] _positiveUser;
    private readonly int[] _positiveItem;
    private readonly float[] _probability;
    private readonly int _batch;
    private int[] _order = [];
    private int _orderEpoch = -1;

    /// <param name="folder">Holds the .npy files.</param>
    /// <param name="users"><c>u</c>, or <c>ut</c> for the capped bags.</param>
    /// <param name="batch">Positives in a step.</param>
    public SpeedData(string folder, string users, int batch)
    {
        _batch = batch;
        (Users, Items) = (ReadRows(folder, users, UserTags), ReadRows(folder, "i", ItemTags));
        (_positiveUser, _positiveItem) = (NpyFile.Read<int>(Path.Combine(folder, "pos_u.npy")), NpyFile.Read<int>(Path.Combine(folder, "pos_i.npy")));
        HeldOut = NpyFile.Read<int>(Path.Combine(folder, "test_i.npy"));
        _probability = [.. Enumerable.Repeat(1f / Items.Rows, Items.Rows)];
    }

    public SparseRows Users { get; }

    public SparseRows Items { get; }

    /// <summary>Per user the item held out.</summary>
    public int[] HeldOut { get; }

    public int Positives => _positiveItem.Length;

    public int UserColumns => Users.Columns;

    public int StepsPerEpoch => Positives / _batch;

    public ReadOnlySpan<float> TargetProbability => _probability;

    public void Fill(int epoch, int step, TrainingBatch batch)
    {
        if (_orderEpoch != epoch)
            (_order, _orderEpoch) = (Shuffled(epoch), epoch);
        for (var k = 0; k < _batch; k++)
        {
            var positive = _order[(step * _batch) + k];
            var user = _positiveUser[positive];
            batch.Users.Add(Users.RowIndices(user), Users.RowValues(user));
            batch.UserRow.Add(k);
            batch.Item.Add(_positiveItem[positive]);
            batch.Weight.Add(1);
        }
    }

    private int[] Shuffled(int epoch)
    {
        var order = _order.Length > 0 ? _order : new int[Positives];
        for (var k = 0; k < order.Length; k++)
            order[k] = k;
        new Random(epoch).Shuffle(order);
        return order;
    }

    private static SparseRows ReadRows(string folder, string name, int tags)
    {
        var offsets = NpyFile.Read<int>(Path.Combine(folder, name + "_off.npy"));
        var indices = NpyFile.Read<int>(Path.Combine(folder, name + "_idx.npy"));
        var values = NpyFile.Read<float>(Path.Combine(folder, name + "_val.npy"));
        var numerics = NpyFile.Read<float>(Path.Combine(folder, name + "_num.npy"));
        var rows = new SparseRows(tags + 4);
        rows.EnsureCapacity(offsets.Length - 1, indices.Length + numerics.Length);
        var (rowIndices, rowValues) = (new List<int>(), new List<float>());
        for (var r = 0; r + 1 < offsets.Length; r++)
        {
            rowIndices.Clear();
            rowValues.Clear();
            rowIndices.AddRange(indices.AsSpan(offsets[r]..offsets[r + 1]));
            rowValues.AddRange(values.AsSpan(offsets[r]..offsets[r + 1]));
            rowIndices.AddRange([tags, tags + 1, tags + 2, tags + 3]);
            rowValues.AddRange(numerics.AsSpan(r * 4, 4));
            rows.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rowIndices), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rowValues));
        }

        return rows;
    }
}
