using System.Runtime.InteropServices;

namespace Retraining.Features;

/// <summary>A <see cref="RowWriter"/> for users, with room for what a caller collects on the way to a row.</summary>
internal sealed class UserRowWriter(UserLayout layout) : RowWriter(layout.Width)
{
    public List<double> Prices { get; } = [];

    public List<int> Events { get; } = [];

    public List<int> Likes { get; } = [];

    public void Numbers(in UserStatistics user, long asOf)
    {
        foreach (var column in layout.Columns)
            Value(column.Column, column.Value(user, asOf));
    }

    /// <summary>Middle of <see cref="Prices"/>, which becomes sorted; null when there are none.</summary>
    public double? MedianPrice()
    {
        if (Prices.Count == 0)
            return null;
        var prices = CollectionsMarshal.AsSpan(Prices);
        prices.Sort();
        var middle = prices.Length / 2;
        return prices.Length % 2 == 1 ? prices[middle] : (prices[middle - 1] + prices[middle]) / 2;
    }
}
