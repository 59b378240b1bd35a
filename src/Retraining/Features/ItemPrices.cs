using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Retraining.Dataset;

namespace Retraining.Features;

/// <summary>Prices of a catalogue by item, and as ranks among all its prices, by which a middle is found without sorting.</summary>
internal sealed class ItemPrices
{
    /// <summary>The different prices, ascending.</summary>
    private readonly double[] _prices;

    private readonly Entry[] _items;

    public ItemPrices(Catalogue catalogue)
    {
        double?[] known = [.. catalogue.Videos.Select(video => video.Price is { } price && !double.IsNaN(price) ? price : (double?)null)];
        _prices = [.. known.OfType<double>().Distinct().Order()];
        _items = [.. known.Select(price => price is { } found ? new Entry(found, Array.BinarySearch(_prices, found), 1) : default)];
    }

    /// <summary>Mean and median over the items whose price is known, each as often as it comes; null when there are none.</summary>
    /// <param name="ranks">Room for the ranks.</param>
    public (double? Mean, double? Median) Of(ReadOnlySpan<int> items, RankBuffer ranks)
    {
        ref var known = ref MemoryMarshal.GetReference(ranks.Room(items.Length));
        var (count, sum) = ((nuint)0, 0.0);
        var entries = _items;
        foreach (var item in items)
        {
            ref var entry = ref entries[item];
            Unsafe.Add(ref known, count) = entry.Rank;
            count += entry.Known; // written in any case and kept if it is known: no processor guesses a missing price
            sum += entry.Price;
        }

        if (count == 0)
            return (null, null);
        var (lower, upper) = ranks.Middle((int)count, _prices.Length);
        return (sum / count, lower == upper ? _prices[upper] : (_prices[lower] + _prices[upper]) / 2);
    }

    /// <param name="Price">0 where it is unknown.</param>
    /// <param name="Rank">Place among the different prices.</param>
    /// <param name="Known">1, or 0 where the price is unknown.</param>
    private readonly record struct Entry(double Price, int Rank, uint Known);
}
