using System.Text;
using Retraining.Postgres.Source;

namespace Retraining.Tests.Postgres.Source;

public sealed class KnownBytesTests
{
    [Fact]
    public void Add_ManyValues_NumbersEachOnceInTheirOrder()
    {
        var known = new KnownBytes();
        var values = Enumerable.Range(0, 3000).Select(i => Encoding.UTF8.GetBytes(new string('x', i % 5) + i)).Prepend([]).ToArray();
        foreach (var value in values)
            Assert.Equal(-1, known.Find(value));
        for (var round = 0; round < 2; round++)
            Assert.Equal(Enumerable.Range(0, values.Length), values.Select(value => known.Add(value)));
        Assert.Equal(values.Length, known.Count);
        Assert.Equal(Enumerable.Range(0, values.Length), values.Select(value => known.Find(value)));
        Assert.Equal(-1, known.Find("another"u8));
    }

    [Fact]
    public void Of_Texts_AreTrimmedAndOneObjectEach()
    {
        var texts = new KnownTexts();
        Assert.Same(texts.Of("夏"u8), texts.Of("夏"u8));
        Assert.Equal("a b", texts.Of("  a b\n"u8));
        Assert.Null(texts.Of("  "u8));
        Assert.Null(texts.Of(""u8));
        Assert.Equal(1000, texts.Of(Encoding.UTF8.GetBytes(new string('x', 1000)))!.Length);
    }
}
