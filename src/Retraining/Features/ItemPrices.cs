using Retraining.Dataset;

namespace Retraining.Features;

/// <summary>Prices of a catalogue by item, and as ranks among all its prices, by which a middle is found without sorting.</summary>
internal sealed class ItemPrices
{
    private const int Unknown = -1;

    /// <summary>The different prices, ascending.</summary>
    private readonly double[] _prices;

    /// <summary>Per item the place of its price in <see cref="_prices"/>, or <see cref="Unknown"/>.</summary>
    private readonly int[] _rank;

    /// <summary>Per item; 0 where it is unknown.</summary>
    private readonly double[] _price;

    public ItemPrices(Catalogue catalogue)
    {
        double?[] known = [.. catalogue.Videos.Select(video => video.Price is { } price && !double.IsNaN(price) ? price : (double?)null)];
        _prices = [.. known.OfType<double>().Distinct().Order()];
        _rank = [.. known.Select(price => price is { } found ? Array.BinarySearch(_prices, found) : Unknown)];
        _price = [.. known.Select(price => price ?? 0)];
    }

    /// <summary>Mean and median over the items whose price is known, each as often as it comes; null when there are none.</summary>
    /// <param name="ranks">Room for the ranks.</param>
    public (double? Mean, double? Median) Of(ReadOnlySpan<int> items, RankBuffer ranks)
    {
        var known = ranks.Room(items.Length);
        var (count, sum) = (0, 0.0);
        foreach (var item in items)
        {
            var rank = _rank[item];
            known[count] = rank;
            count += 1 + (rank >> 31); // kept unless it is unknown; a branch would be guessed
            sum += _price[item];
        }

        if (count == 0)
            return (null, null);
        var (lower, upper) = ranks.Middle(count, _prices.Length);
        return (sum / count, lower == upper ? _prices[upper] : (_prices[lower] + _prices[upper]) / 2);
    }
}
