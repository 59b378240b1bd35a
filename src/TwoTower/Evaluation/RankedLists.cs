namespace TwoTower.Evaluation;

/// <summary>For each user the best items, best first.</summary>
public sealed class RankedLists(int users, int k)
{
    private readonly int[] _items = new int[users * k];
    private readonly float[] _scores = new float[users * k];
    private readonly int[] _lengths = new int[users];

    public int Users { get; } = users;

    /// <summary>Longest list; shorter where fewer items are left to recommend.</summary>
    public int K { get; } = k;

    public ReadOnlySpan<int> Items(int user) => _items.AsSpan(user * K, _lengths[user]);

    public ReadOnlySpan<float> Scores(int user) => _scores.AsSpan(user * K, _lengths[user]);

    internal void Set(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> scores)
    {
        items.CopyTo(_items.AsSpan(user * K, K));
        scores.CopyTo(_scores.AsSpan(user * K, K));
        _lengths[user] = items.Length;
    }
}
