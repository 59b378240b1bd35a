using System.Text;
using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class JsonRowScannerTests
{
    private static readonly string[] Rows =
        ["{\"a\": \"x]}\\\"\\\\\", \"b\": [1, {\"c\": null}]}", "17", "{}", "[[]]", "\"te\\\"xt\"", "{\"あ\": \"い\"}", "null", "-1.5e3"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task ReadAsync_StreamInPieces_GivesEveryElement(int piece)
    {
        var text = $"\uFEFF \n[{string.Join(" ,\r\n", Rows)} ] \n";
        Assert.Equal(Rows, await ReadAsync(text, piece));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task ReadAsync_ObjectsInPieces_GivesEveryObject(int piece)
    {
        string[] rows = [Rows[0], Rows[2], Rows[5]];
        Assert.Equal(rows, await ReadAsync(string.Join("\n", rows), piece));
        Assert.Equal(rows, await ReadAsync(string.Concat(rows), piece));
    }

    [Fact]
    public async Task ReadAsync_EveryTruncation_IsRefused()
    {
        var text = $"[{string.Join(",", Rows)}]";
        for (var length = 0; length < Encoding.UTF8.GetByteCount(text); length++)
            await Assert.ThrowsAsync<Retraining.Execution.PermanentStageException>(() => ReadAsync(Encoding.UTF8.GetBytes(text)[..length], 4096));
    }

    private static Task<List<string>> ReadAsync(string text, int piece) => ReadAsync(Encoding.UTF8.GetBytes(text), piece);

    private static async Task<List<string>> ReadAsync(byte[] text, int piece)
    {
        var scanner = new JsonRowScanner(new PieceStream(text, piece), "rows.json");
        var rows = new List<string>();
        await foreach (var row in scanner.ReadAsync(CancellationToken.None))
            rows.Add(Encoding.UTF8.GetString(row.Text.Span));
        Assert.Equal(rows.Count, scanner.Row);
        return rows;
    }

    /// <summary>Hands out at most so many bytes at a time.</summary>
    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
