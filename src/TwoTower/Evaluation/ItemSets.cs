namespace TwoTower.Evaluation;

/// <summary>For each user a set of item indices, ascending: histories to exclude, targets to find. Compressed rows.</summary>
public sealed class ItemSets
{
    private readonly int[] _offsets;
    private readonly int[] _items;

    private ItemSets(int[] offsets, int[] items)
    {
        _offsets = offsets;
        _items = items;
    }

    public int Users => _offsets.Length - 1;

    /// <summary>Items over all users.</summary>
    public int Count => _items.Length;

    /// <summary>The user's items, ascending and distinct.</summary>
    public ReadOnlySpan<int> this[int user] => _items.AsSpan(_offsets[user], _offsets[user + 1] - _offsets[user]);

    public bool Contains(int user, int item) => this[user].BinarySearch(item) >= 0;

    /// <summary>Copies, sorts and removes repeats.</summary>
    /// <param name="perUser">One sequence of item indices for each user, in any order.</param>
    public static ItemSets From(IEnumerable<IEnumerable<int>> perUser)
    {
        var offsets = new List<int> { 0 };
        var items = new List<int>();
        var row = new List<int>();
        foreach (var user in perUser)
        {
            row.Clear();
            row.AddRange(user);
            row.Sort();
            for (var k = 0; k < row.Count; k++)
            {
                if (k == 0 || row[k] != row[k - 1])
                    items.Add(row[k]);
            }

            offsets.Add(items.Count);
        }

        return new([.. offsets], [.. items]);
    }

    /// <summary>For each item its users: the same pairs from the other side.</summary>
    /// <param name="items">Items in the catalogue.</param>
    public ItemSets Transpose(int items)
    {
        var offsets = new int[items + 1];
        foreach (var item in _items)
            offsets[item + 1]++;
        for (var item = 0; item < items; item++)
            offsets[item + 1] += offsets[item];

        var (users, next) = (new int[_items.Length], offsets[..items]);
        for (var user = 0; user < Users; user++)
        {
            foreach (var item in this[user])
                users[next[item]++] = user;
        }

        return new(offsets, users);
    }

    /// <summary>An empty set for each user.</summary>
    public static ItemSets Empty(int users) => new(new int[users + 1], []);

    /// <summary>The rows of the given users, in that order.</summary>
    public ItemSets Select(IReadOnlyList<int> users)
    {
        var offsets = new int[users.Count + 1];
        for (var k = 0; k < users.Count; k++)
            offsets[k + 1] = offsets[k] + this[users[k]].Length;

        var items = new int[offsets[^1]];
        for (var k = 0; k < users.Count; k++)
            this[users[k]].CopyTo(items.AsSpan(offsets[k]));
        return new(offsets, items);
    }
}
