using Retraining.Dataset;

namespace Retraining.Features;

/// <summary>How often each item was liked in the training part.</summary>
public static class ItemPopularity
{
    /// <returns>[items] likes in the training part only.</returns>
    public static int[] Count(InteractionLog log, TimeSplit split, int items)
    {
        var counts = new int[items];
        for (var user = 0; user < log.Users; user++)
        {
            for (var e = log.Offsets[user]; e < split.ValidationStart[user]; e++)
                counts[log.Item[e]] += log.Positive[e] ? 1 : 0;
        }

        return counts;
    }
}
