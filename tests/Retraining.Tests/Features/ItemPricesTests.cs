using Retraining.Dataset;
using Retraining.Features;
using Retraining.Source;

namespace Retraining.Tests.Features;

public sealed class ItemPricesTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 10)]
    [InlineData(3, 40)]      // hardly any different prices: ties in the middle
    [InlineData(30_000, 4)]  // more prices than 16 bits tell apart are as good as few
    [InlineData(70_000, 2)]
    public void Of_AnyItems_IsWhatSortingGives(int prices, int rounds)
    {
        var random = new Random(prices);
        double?[] price = [.. Enumerable.Range(0, prices + 20).Select(item => item < prices ? item * 1.25 : (double?)null)];
        random.Shuffle(price);
        var table = Table(price);
        var ranks = new RankBuffer();
        for (var count = 0; count < 100 * rounds; count++)
        {
            int[] items = [.. Enumerable.Range(0, count % 100).Select(_ => random.Next(price.Length))];

            var (mean, median) = table.Of(items, ranks);

            double[] known = [.. items.Select(item => price[item]).OfType<double>()];
            Assert.Equal(known.Length > 0 ? known.Sum() / known.Length : null, mean);
            Assert.Equal(Median(known), median);
        }
    }

    [Theory]
    [InlineData(new int[0], null)]
    [InlineData(new[] { 3, 3 }, null)] // unknown prices only
    [InlineData(new[] { 3, 1, 3 }, 300.0)]
    [InlineData(new[] { 0, 1 }, 200.0)]
    [InlineData(new[] { 1, 0, 0, 3 }, 100.0)]
    [InlineData(new[] { 2, 0, 0, 2 }, 550.0)]
    public void Of_FewItems_GivesTheMiddleOfTheKnown(int[] items, double? median) =>
        Assert.Equal(median, Table(100, 300, 1000, null).Of(items, new RankBuffer()).Median);

    [Fact]
    public void Of_BufferUsedBefore_ForgetsIt()
    {
        var (table, ranks) = (Table(1, 2, 3, null), new RankBuffer());
        table.Of([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], ranks);
        Assert.Equal((1.5, 1.5), table.Of([1, 0], ranks));
        Assert.Equal((null, null), table.Of([3], ranks));
    }

    private static ItemPrices Table(params double?[] prices) => new(new Catalogue
    {
        VideoIds = [.. prices.Select((_, item) => $"v{item:D6}")],
        Videos = [.. prices.Select((price, item) => new Video { Id = $"v{item:D6}", Price = price })],
    });

    private static double? Median(double[] values)
    {
        if (values.Length == 0)
            return null;
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
