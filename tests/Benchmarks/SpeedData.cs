using TwoTower.Model;
using TwoTower.Training;

namespace Benchmarks;

/// <summary>The generated data of the speed comparison: sparse users and items with four numbers each, positives, held-out items.</summary>
internal sealed class SpeedData : IExampleSource
{
    private const int UserTags = 7000;
    private const int ItemTags = 9800;
    private const int Ahead = 3;
    private readonly int[] _positiveUser;
    private readonly int[] _positiveItem;
    private readonly float[] _probability;
    private readonly int _batch;
    private readonly int _perUser;
    private readonly StepUsers _stepUsers;
    private int[] _order = [];
    private int _orderEpoch = -1;

    /// <param name="folder">Holds the .npy files.</param>
    /// <param name="users"><c>u</c>, or <c>ut</c> for the capped bags.</param>
    /// <param name="batch">Positives in a step.</param>
    /// <param name="perUser">Positives of the same user that are put into the same step on purpose, at most.</param>
    public SpeedData(string folder, string users, int batch, int perUser = 1)
    {
        (_batch, _perUser) = (batch, perUser);
        (Users, Items) = (ReadRows(folder, users, UserTags), ReadRows(folder, "i", ItemTags));
        _positiveUser = NpyFile<int>.ReadAll(Path.Combine(folder, "pos_u.npy"));
        _positiveItem = NpyFile<int>.ReadAll(Path.Combine(folder, "pos_i.npy"));
        HeldOut = NpyFile<int>.ReadAll(Path.Combine(folder, "test_i.npy"));
        _stepUsers = new StepUsers(Users.Rows, batch);
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

    public int Parts => 8;

    public void Fill(int epoch, int step, TrainingBatch batch)
    {
        batch.Clear();
        var users = UsersOf(epoch, step);
        Reserve(batch.Users, users, 0, users.Count);
        for (var part = 0; part < Parts; part++)
            Append(epoch, step, part, batch);
    }

    public void Append(int epoch, int step, int part, TrainingBatch batch)
    {
        var users = UsersOf(epoch, step);
        var (first, last) = (users.Count * part / Parts, users.Count * (part + 1) / Parts);
        Reserve(batch.Users, users, first, last);
        for (var k = first; k < last; k++)
        {
            var user = users.User(k);
            if (k + Ahead < last)
                Users.Prefetch(users.User(k + Ahead));
            batch.Users.Add(Users.RowIndices(user), Users.RowValues(user));
            foreach (var positive in users.PositivesOf(k))
            {
                batch.UserRow.Add(batch.Users.Rows - 1);
                batch.Item.Add(_positiveItem[positive]);
                batch.Weight.Add(1);
            }
        }
    }

    private StepUsers UsersOf(int epoch, int step)
    {
        lock (_stepUsers)
        {
            if (_orderEpoch != epoch)
                (_order, _orderEpoch) = (Shuffled(epoch), epoch);
            _stepUsers.Group(epoch, step, _order.AsSpan(step * _batch, _batch), _positiveUser);
            return _stepUsers;
        }
    }

    private void Reserve(SparseRows rows, StepUsers users, int first, int last)
    {
        var nonZeros = rows.NonZeros;
        for (var k = first; k < last; k++)
            nonZeros += Users.RowIndices(users.User(k)).Length;
        rows.EnsureCapacity(_batch, (nonZeros | 0xFFFF) + 1); // in big steps, so that few buffers are left behind
    }

    /// <summary>A random order of all positives: one by one, or in groups of a user's positives.</summary>
    private int[] Shuffled(int epoch)
    {
        var random = new Random(epoch);
        var order = _order.Length > 0 ? _order : new int[Positives];
        for (var k = 0; k < order.Length; k++)
            order[k] = k;
        random.Shuffle(order);
        if (_perUser == 1)
            return order;

        Array.Sort([.. order.Select(positive => _positiveUser[positive])], order);
        var groups = new List<(int Start, int Count)>();
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = start + 1;
            while (end < order.Length && end - start < _perUser && _positiveUser[order[end]] == _positiveUser[order[start]])
                end++;
            groups.Add((start, end - start));
        }

        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(groups));
        return [.. groups.SelectMany(group => order.AsSpan(group.Start, group.Count).ToArray())];
    }

    private static SparseRows ReadRows(string folder, string name, int tags)
    {
        var offsets = NpyFile<int>.ReadAll(Path.Combine(folder, name + "_off.npy"));
        using var indices = new NpyFile<int>(Path.Combine(folder, name + "_idx.npy"));
        using var values = new NpyFile<float>(Path.Combine(folder, name + "_val.npy"));
        using var numerics = new NpyFile<float>(Path.Combine(folder, name + "_num.npy"));
        var rows = new SparseRows(tags + 4);
        rows.EnsureCapacity(offsets.Length - 1, indices.Length + numerics.Length);
        var rowIndices = new int[tags + 4];
        var rowValues = new float[tags + 4];
        for (var r = 0; r + 1 < offsets.Length; r++)
        {
            var count = offsets[r + 1] - offsets[r];
            indices.Read(rowIndices.AsSpan(0, count));
            values.Read(rowValues.AsSpan(0, count));
            int[] last = [tags, tags + 1, tags + 2, tags + 3];
            last.CopyTo(rowIndices, count);
            numerics.Read(rowValues.AsSpan(count, 4));
            rows.Add(rowIndices.AsSpan(0, count + 4), rowValues.AsSpan(0, count + 4));
        }

        return rows;
    }
}
