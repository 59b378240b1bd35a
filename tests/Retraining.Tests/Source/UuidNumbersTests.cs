using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class UuidNumbersTests
{
    [Fact]
    public void Find_ManyIds_AgreesWithADictionary()
    {
        var (numbers, expected) = (new UuidNumbers(), new Dictionary<Guid, int>());
        var random = new Random(5);
        var bytes = new byte[16];
        Guid[] ids =
        [
            Guid.Empty, Guid.AllBitsSet,
            .. Enumerable.Range(1, 5000).Select(i => new Guid(i, 0, 0, new byte[8])), // ids that count up
            .. Enumerable.Range(1, 5000).Select(_ =>
            {
                random.NextBytes(bytes);
                return new Guid(bytes);
            }),
        ];
        foreach (var id in ids.Where((_, i) => i % 3 > 0 || i < 2))
        {
            Assert.Equal(-1, numbers.Find(id));
            expected.Add(id, numbers.Add(id, expected.Count));
        }

        var found = new int[UuidNumbers.Block];
        foreach (var block in ids.Chunk(UuidNumbers.Block))
        {
            numbers.Find(block, found);
            Assert.Equal(block.Select(id => expected.GetValueOrDefault(id, -1)), found.Take(block.Length));
        }
    }

    [Fact]
    public void Find_EmptyId_IsNotThereUntilAdded()
    {
        var numbers = new UuidNumbers();
        var found = new int[1];
        numbers.Find([Guid.Empty], found);
        Assert.Equal((-1, -1), (found[0], numbers.Find(Guid.Empty)));
        numbers.Add(Guid.Empty, 0);
        numbers.Find([Guid.Empty], found);
        Assert.Equal((0, 0), (found[0], numbers.Find(Guid.Empty)));
    }
}
