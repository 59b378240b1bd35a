using Retraining.Dataset;

namespace Retraining.Serving;

/// <summary>What is liked, for users without an embedding: half of it all-time, half of it the last 30 days of the data, each in [0, 1].</summary>
internal static class FilePopularity
{
    private const long RecentMs = 30L * 24 * 3600 * 1000;

    /// <returns>Per item of the catalogue, in [0, 1].</returns>
    public static double[] Count(SnapshotData data)
    {
        var (ever, lately) = (new double[data.Catalogue.Count], new double[data.Catalogue.Count]);
        var newest = data.Log.Time.Length == 0 ? 0 : data.Log.Time.Max();
        for (var e = 0; e < data.Log.Events; e++)
        {
            if (!data.Log.Positive[e])
                continue;
            ever[data.Log.Item[e]]++;
            if (data.Log.Time[e] > newest - RecentMs)
                lately[data.Log.Item[e]]++;
        }

        var (mostEver, mostLately) = (Math.Max(1, ever.DefaultIfEmpty().Max()), Math.Max(1, lately.DefaultIfEmpty().Max()));
        return [.. ever.Zip(lately, (all, recent) => 0.5 * all / mostEver + 0.5 * recent / mostLately)];
    }
}
