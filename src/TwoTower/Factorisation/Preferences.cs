namespace TwoTower.Factorisation;

/// <summary>
/// What users think of items: for each user some items, ascending and distinct, each with a weight. A weight above 0 draws the pair's score
/// towards 1; one below 0 draws it, by its absolute value, towards 0. Compressed rows.
/// </summary>
public sealed class Preferences
{
    private readonly int[] _offsets;
    private readonly int[] _items;
    private readonly float[] _weights; // empty where all are 1, which spares half of the memory

    private Preferences(int[] offsets, int[] items, float[] weights) => (_offsets, _items, _weights) = (offsets, items, weights);

    public int Users => _offsets.Length - 1;

    /// <summary>Pairs over all users.</summary>
    public int Count => _items.Length;

    /// <param name="perUser">
    /// For each user items in any order; of an item that comes twice the last weight counts. No weight is 0 or not finite.
    /// </param>
    public static Preferences From(IEnumerable<IEnumerable<(int Item, float Weight)>> perUser)
    {
        List<int> offsets = [0], items = [];
        var weights = new List<float>();
        foreach (var user in perUser)
        {
            (int Item, float Weight)[] row = [.. user.OrderBy(pair => pair.Item)]; // stable: repeats stay in their order
            for (var k = 0; k < row.Length; k++)
            {
                if (k + 1 < row.Length && row[k + 1].Item == row[k].Item)
                    continue;
                items.Add(row[k].Item);
                weights.Add(row[k].Weight);
            }

            offsets.Add(items.Count);
        }

        return new([.. offsets], [.. items], weights.TrueForAll(weight => weight == 1) ? [] : [.. weights]);
    }

    public ReadOnlySpan<int> Items(int user) => _items.AsSpan(_offsets[user].._offsets[user + 1]);

    /// <summary>One for each of the user's items; empty when each is 1.</summary>
    public ReadOnlySpan<float> Weights(int user) => _weights.Length == 0 ? [] : _weights.AsSpan(_offsets[user].._offsets[user + 1]);

    /// <summary>Whether anything draws a score of this user towards 1.</summary>
    public bool HasLikes(int user) =>
        _weights.Length == 0 ? !Items(user).IsEmpty : Weights(user).ContainsAnyInRange(float.Epsilon, float.MaxValue);

    /// <summary>The absolute weights of a user, added up.</summary>
    public double TotalWeight(int user)
    {
        if (_weights.Length == 0)
            return Items(user).Length;
        var total = 0.0;
        foreach (var weight in Weights(user))
            total += Math.Abs(weight);
        return total;
    }

    /// <summary>The same pairs from the other side: what are items becomes users.</summary>
    /// <param name="items">Items in the catalogue.</param>
    public Preferences Transpose(int items)
    {
        var offsets = new int[items + 1];
        foreach (var item in _items)
            offsets[item + 1]++;
        for (var item = 0; item < items; item++)
            offsets[item + 1] += offsets[item];

        var (users, weights, next) = (new int[_items.Length], new float[_weights.Length], offsets[..items]);
        for (var user = 0; user < Users; user++)
        {
            for (var k = _offsets[user]; k < _offsets[user + 1]; k++)
            {
                var slot = next[_items[k]]++;
                users[slot] = user;
                if (weights.Length > 0)
                    weights[slot] = _weights[k];
            }
        }

        return new(offsets, users, weights);
    }
}
