using Retraining.Features;

namespace Retraining.Tests.Features;

public sealed class TextTokensTests
{
    [Theory]
    [InlineData("Toy, WORLD 2", "toy|world|wor|orl|rld|2")] // a word, and its triples when it is longer than one
    [InlineData("ＡＢＣ　ｘ", "abc|x")]
    [InlineData("夏の恋", "夏の|の恋")]
    [InlineData("恋", "恋")]
    [InlineData("Vol夏の", "vol|夏の")]
    [InlineData("ﾄﾞﾗﾏ・ﾊﾟﾝ", "ドラ|ラマ|パン")]
    [InlineData("ヴｳﾞ", "ヴヴ")]
    [InlineData("𠮷野家", "𠮷野|野家")]
    [InlineData("㍿Ⅻ", "株式|式会|会社|xii")] // a ligature of Han and a Roman numeral
    [InlineData("กี่", "กี่")]                      // marks belong to the letter before them
    [InlineData("İ", "i\u0307")]
    [InlineData("!!! ---", "")]
    public void Cut_AnyScript_GivesItsTokens(string text, string expected) => Assert.Equal(expected, string.Join('|', Tokens(text)));

    [Theory] // from the authors' test vectors
    [InlineData("", 0x811C9DC5u)]
    [InlineData("a", 0xE40C292Cu)]
    [InlineData("b", 0xE70C2DE5u)]
    [InlineData("foobar", 0xBF9CF968u)]
    public void Fnv1a32_KnownText_GivesTheKnownHash(string text, uint expected) => Assert.Equal(expected, TextTokens.Fnv1a32([.. text.EnumerateRunes()]));

    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        TextTokens.Cut(text, token => tokens.Add(string.Concat(token.ToArray())));
        return tokens;
    }
}
