namespace TwoTower.Evaluation;

/// <summary>What the lists of all users do to the catalogue.</summary>
public static class CatalogueMetrics
{
    /// <summary>Per item in how many users' first k it stands.</summary>
    public static int[] Exposure(RankedLists lists, int items, int k)
    {
        var exposure = new int[items];
        for (var user = 0; user < lists.Users; user++)
        {
            var ranked = lists.Items(user);
            foreach (var item in ranked[..Math.Min(k, ranked.Length)])
                exposure[item]++;
        }

        return exposure;
    }

    /// <summary>Share of the candidates that at least one user is shown, in [0, 1].</summary>
    /// <param name="exposure">Per item; see <see cref="Exposure"/>.</param>
    /// <param name="candidates">Per item whether it could have been shown; null for all.</param>
    public static double Coverage(ReadOnlySpan<int> exposure, bool[]? candidates)
    {
        var shown = exposure.Length - exposure.Count(0);
        return (double)shown / (candidates?.Count(c => c) ?? exposure.Length);
    }

    /// <summary>Gini coefficient of the candidates' exposure: 0 when all are shown alike, towards 1 when few take all.</summary>
    public static double Gini(ReadOnlySpan<int> exposure, bool[]? candidates)
    {
        var sorted = new List<int>(exposure.Length);
        for (var item = 0; item < exposure.Length; item++)
        {
            if (candidates is null || candidates[item])
                sorted.Add(exposure[item]);
        }

        sorted.Sort();
        double total = 0, weighted = 0;
        for (var rank = 0; rank < sorted.Count; rank++)
        {
            total += sorted[rank];
            weighted += (2.0 * (rank + 1) - sorted.Count - 1) * sorted[rank];
        }

        return total == 0 ? 0 : weighted / (sorted.Count * total);
    }
}
