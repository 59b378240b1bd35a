using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class ProductUrlTests
{
    [Theory]
    [InlineData("https://shop.example/p/1")]
    [InlineData("http://shop.example/p/1/")]
    [InlineData("HTTPS://Shop.Example/p/1")]
    [InlineData("  https://shop.example:443/p/1#reviews ")]
    [InlineData("//shop.example/p/1")]
    [InlineData("shop.example/p/1")]
    [InlineData("https://shop.example/p/1?utm_source=x&utm_medium=y")]
    [InlineData("https://shop.example/p/1/?i3_ref=list&i3_ord=2&ref=top")]
    [InlineData("https://shop.example/p/%31")]
    public void TryParse_Spellings_HaveOneKey(string text)
    {
        Assert.True(ProductUrl.TryParse(text, out var url));
        Assert.Equal("shop.example/p/1", url.Key);
    }

    [Theory]
    [InlineData("https://shop.example/p/1", "https://shop.example/P/1")]
    [InlineData("https://shop.example/p?id=1", "https://shop.example/p?id=2")]
    [InlineData("https://shop.example/p/1", "https://www.shop.example/p/1")]
    [InlineData("https://shop.example/p?reference=1", "https://shop.example/p?reference=2")]
    public void TryParse_DifferentProducts_HaveDifferentKeys(string one, string other)
    {
        Assert.True(ProductUrl.TryParse(one, out var first));
        Assert.True(ProductUrl.TryParse(other, out var second));
        Assert.NotEqual(first.Key, second.Key);
    }

    [Fact]
    public void TryParse_OrderOfParameters_DoesNotMatter()
    {
        Assert.True(ProductUrl.TryParse("https://shop.example/p?b=2&a=1", out var one));
        Assert.True(ProductUrl.TryParse("https://shop.example/p?a=1&utm_id=9&b=2", out var other));
        Assert.Equal(one, other);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a url")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ftp://shop.example/p/1")]
    [InlineData("https://")]
    [InlineData("https:///p/1")]
    [InlineData("/p/1")]
    [InlineData("12345")]
    public void TryParse_NoProductPage_IsRefused(string text) => Assert.False(ProductUrl.TryParse(text, out _));

    [Fact]
    public void Find_QueriesThatDiffer_AreNeverTakenForEachOther()
    {
        var urls = new VideoUrls();
        urls.Add(new Video { Id = "v1", ProductUrl = "https://shop.example/p?id=1" });
        urls.Add(new Video { Id = "v3", ProductUrl = "https://shop.example/q/3" });
        urls.Add(new Video { Id = "v4", ProductUrl = "https://shop.example/r?id=4" });
        urls.Add(new Video { Id = "v5", ProductUrl = "https://shop.example/r?id=5" });

        Assert.Equal("v1", Find("https://shop.example/p?id=1&utm_source=x"));
        Assert.Equal("v1", Find("https://shop.example/p"));
        Assert.Null(Find("https://shop.example/p?id=2"));
        Assert.Equal("v3", Find("https://shop.example/q/3/?page=reviews"));
        Assert.Null(Find("https://shop.example/r"));

        string? Find(string text) => ProductUrl.TryParse(text, out var url) ? urls.Find(url) : "not a URL";
    }

    [Fact]
    public void Add_TwoVideosOfOneUrl_TheFirstIdCountsInWhateverOrder()
    {
        Assert.True(ProductUrl.TryParse("https://shop.example/p", out var url));
        foreach (var order in new[] { new[] { "a", "b" }, ["b", "a"] })
        {
            var urls = new VideoUrls();
            foreach (var id in order)
                urls.Add(new Video { Id = id, ProductUrl = "https://shop.example/p" });
            Assert.Equal("a", urls.Find(url));
            Assert.Equal(1, urls.Shared);
        }
    }
}
