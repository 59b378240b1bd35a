using Retraining.Features;

namespace Retraining.Tests.Features;

public sealed class TextTokensTests
{
    [Theory]
    [InlineData("Hello, WORLD 2", "hello|world|2")]
    [InlineData("ＡＢＣ　ｘ", "abc|x")]
    [InlineData("夏の恋", "夏の|の恋")]
    [InlineData("恋", "恋")]
    [InlineData("Vol3夏の", "vol3|夏の")]
    [InlineData("ﾄﾞﾗﾏ・ﾊﾟﾝ", "ドラ|ラマ|パン")]
    [InlineData("ヴｳﾞ", "ヴヴ")]
    [InlineData("𠮷野家", "𠮷野|野家")]
    [InlineData("!!! ---", "")]
    public void Cut_AnyScript_GivesItsTokens(string text, string expected)
    {
        var tokens = new List<string>();
        TextTokens.Cut(text, tokens.Add);
        Assert.Equal(expected, string.Join('|', tokens));
    }

    [Theory] // from the authors' test vectors
    [InlineData("", 0x811C9DC5u)]
    [InlineData("a", 0xE40C292Cu)]
    [InlineData("b", 0xE70C2DE5u)]
    [InlineData("foobar", 0xBF9CF968u)]
    public void Fnv1a32_KnownText_GivesTheKnownHash(string text, uint expected) => Assert.Equal(expected, TextTokens.Fnv1a32(text));
}
