namespace TwoTower.Evaluation;

/// <summary>Baseline: the same score for every user, how often an item occurs among the training positives.</summary>
/// <param name="users">Users to score for.</param>
/// <param name="counts">Per item its training positives.</param>
public sealed class PopularityScorer(int users, int[] counts) : IItemScorer
{
    public int Users { get; } = users;

    public int Items => counts.Length;

    public void Score(int firstUser, int users, int firstItem, int items, Span<float> scores)
    {
        for (var u = 0; u < users; u++)
        {
            for (var i = 0; i < items; i++)
                scores[u * items + i] = counts[firstItem + i];
        }
    }
}
