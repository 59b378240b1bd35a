namespace TwoTower.Evaluation;

/// <summary>Gives every item of the catalogue a score for every user, block by block.</summary>
public interface IItemScorer
{
    int Users { get; }
    int Items { get; }

    /// <summary>Scores a block; higher is better, finite. Thread-safe.</summary>
    /// <param name="firstUser">First user of the block.</param>
    /// <param name="users">Users in the block.</param>
    /// <param name="firstItem">First item of the block.</param>
    /// <param name="items">Items in the block.</param>
    /// <param name="scores">Row-major [users, items]; overwritten.</param>
    void Score(int firstUser, int users, int firstItem, int items, Span<float> scores);
}
