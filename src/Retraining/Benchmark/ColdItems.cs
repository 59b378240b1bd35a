using Retraining.Execution;
using TwoTower.Model;

namespace Retraining.Benchmark;

/// <summary>Draws the items that lose their interactions.</summary>
internal static class ColdItems
{
    private const int Seed = 17;
    private const int Stream = 0x434F;

    /// <param name="rows">Training rows.</param>
    /// <param name="share">Of the items, in [0, 1).</param>
    /// <exception cref="PermanentStageException">The share is out of range.</exception>
    public static HashSet<string> Draw(IEnumerable<InteractionRow> rows, double share)
    {
        if (share is not (>= 0 and < 1))
            throw new PermanentStageException($"--cold-share: {share}, expected at least 0 and below 1");

        var key = CounterRandom.Key(Seed, Stream, 0);
        var items = rows.Select(row => row.ItemId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return [.. items.Where((_, position) => CounterRandom.Draw(key, (uint)position) < CounterRandom.Threshold(share) && share > 0)];
    }
}
