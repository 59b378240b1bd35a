using System.Text;
using System.Text.Json;
using Retraining.Features;
using Retraining.Tests.Publish;

namespace Retraining.Tests.Features;

public sealed class NfkcTests
{
    /// <summary>Blocks in which Unicode 15, which the table is of, and later versions have the same characters.</summary>
    private static readonly (int First, int Last)[] Blocks =
    [
        (0, 0x6FF), (0x900, 0x9FF), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2100, 0x218F), (0x2460, 0x24FF), (0x3000, 0x30FF),
        (0x3130, 0x318F), (0x3200, 0x33FF), (0x4E00, 0x4EFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x1D400, 0x1D7FF),
        (0x1F100, 0x1F1FF), (0x20000, 0x200FF), (0x2F800, 0x2FA1F),
    ];

    [Theory]
    [InlineData("ﾄﾞﾗﾏ", "ドラマ")]                  // half-width katakana with its sound mark
    [InlineData("ＡＢＣ　１２", "ABC 12")]          // full width
    [InlineData("㍿①㌔ﬁ㎏", "株式会社1キロfikg")]    // ligatures, circled digits, squared words and units
    [InlineData("か\u3099e\u0301", "がé")]          // combining marks
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]  // marks in the order of their classes
    [InlineData("\u1112\u1161\u11ab글", "한글")]    // Hangul
    [InlineData("神", "神")]                       // a compatibility ideograph
    [InlineData("夏の恋 Vol.3 𠮷", "夏の恋 Vol.3 𠮷")]
    public void Normalise_WorkedExample_IsInFormKc(string text, string expected) => Assert.Equal(expected, Nfkc.Normalise(text));

    [Fact]
    public async Task Normalise_EveryCharacterAndRandomTexts_AreAsNodeHasThem()
    {
        string[] texts = [.. Blocks.Select(block => string.Concat(Characters(block).Select(c => $"{c}\n"))), .. Random(20_000)];
        foreach (var (text, (normal, _)) in texts.Zip(await AskNodeAsync(texts)))
            Assert.Equal(normal, Nfkc.Normalise(text));
    }

    [Fact]
    public async Task Cut_EveryCharacterAndRandomTexts_GivesTheTokensOfTheEdgeClient()
    {
        string[] texts = [.. Blocks.Select(block => string.Concat(Characters(block).Select(c => $"{c}\n"))), .. Random(20_000)];
        foreach (var (text, (_, tokens)) in texts.Zip(await AskNodeAsync(texts)))
        {
            var found = new List<string>();
            TextTokens.Cut(text, token => found.Add($"{string.Concat(token.ToArray())} {TextTokens.Fnv1a32(token)}"));
            Assert.Equal(tokens, found);
        }
    }

    private static IEnumerable<string> Characters((int First, int Last) block) =>
        Enumerable.Range(block.First, block.Last - block.First + 1).Where(Rune.IsValid).Select(code => new Rune(code).ToString());

    private static IEnumerable<string> Random(int count)
    {
        var random = new Random(15);
        string[] characters = [.. Blocks.SelectMany(Characters)];
        string[] marks = ["\u0301", "\u0323", "\u0307", "\u3099", "\u309A", "\u0345", "\u1161", "\u11A8", "ﾞ", "ﾟ", "İ", "Σ"];
        return Enumerable.Range(0, count).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => One())));

        string One() => random.GetItems(random.Next(3) == 0 ? marks : characters, 1)[0];
    }

    private static async Task<(string Normal, string[] Tokens)[]> AskNodeAsync(string[] texts)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(texts));
            using var answer = JsonDocument.Parse(await NodeClient.ScriptAsync("text.mjs", file));
            return
            [
                .. answer.RootElement.EnumerateArray()
                    .Select(pair => (pair[0].GetString()!, pair[1].EnumerateArray().Select(token => token.GetString()!).ToArray())),
            ];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
