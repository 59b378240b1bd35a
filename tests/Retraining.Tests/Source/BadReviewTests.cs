using System.IO.Compression;
using System.Text;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Tests.Source;

/// <summary>One bad thing at a time in otherwise good reviews: the whole file is refused, or one row is put aside.</summary>
public sealed class BadReviewTests : IDisposable
{
    private const string Good = "https://shop.example/p/1,r1,5\n";

    private readonly ReviewFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "reviews.csv: an empty file, expected the columns product_url, reviewer_id, stars")]
    [InlineData("product_url,stars\na,5\n", "reviews.csv, line 1: no column reviewer_id, found product_url, stars")]
    [InlineData("https://shop.example/p/1,r1,5\n", "reviews.csv, line 1: no column product_url, reviewer_id, stars, found https://shop.example/p/1, r1, 5")]
    [InlineData("<!doctype html>\n<html></html>", "reviews.csv: found HTML or XML, expected CSV with the columns product_url, reviewer_id, stars")]
    [InlineData("{\"message\": \"JWT expired\"}", "reviews.csv: found JSON, expected CSV with the columns product_url, reviewer_id, stars")]
    [InlineData("PK\u0003\u0004 sheet", "reviews.csv: found a ZIP archive or a workbook, expected text in UTF-8 or UTF-16")]
    [InlineData(ReviewFolder.Header + "\0\0\0\n", "reviews.csv: found bytes that are no text, expected text in UTF-8 or UTF-16")]
    [InlineData(ReviewFolder.Header, "decisions: 0 rows, expected at least 1")]
    public async Task Sync_FileThatIsNoCsvOfReviews_SaysWhereAndWhy(string text, string expected)
    {
        _folder.Write("reviews.csv", text);
        Assert.Equal(expected, await RefusalAsync());
    }

    [Theory]
    [InlineData("shift_jis", "Shift_JIS")]
    [InlineData("euc-jp", "EUC-JP")]
    [InlineData("iso-2022-jp", "ISO-2022-JP")]
    [InlineData("utf-32", "UTF-32")]
    [InlineData("windows-1252", "an encoding that is neither UTF-8, UTF-16, EUC-JP nor Shift_JIS (Windows-1252 or Latin-1?)")]
    public async Task Sync_OtherEncoding_IsRefusedByName(string encoding, string name)
    {
        var reviewer = encoding == "windows-1252" ? "Zoë" : "花子さんと太郎";
        var written = CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        _folder.Write("reviews.csv", $"{ReviewFolder.Header}https://shop.example/p/1,{reviewer},5\n", written);
        Assert.Equal($"reviews.csv: found {name}, expected text in UTF-8 or UTF-16", await RefusalAsync());
    }

    [Fact]
    public async Task Sync_QuoteThatIsNeverClosed_NamesTheLineAndTheFile()
    {
        var rows = string.Concat(Enumerable.Repeat(Good, 200_000)); // 6 MB
        _folder.Write("reviews.csv", $"{ReviewFolder.Header}{Good}\"{rows}");
        var message = await RefusalAsync();
        Assert.StartsWith("reviews.csv, line 3: found no row (", message, StringComparison.Ordinal);
        Assert.EndsWith("expected one of at most 4 MiB: a quote is probably not closed", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2000)]
    [InlineData(100_000)]
    public async Task Sync_TruncatedGzip_IsRefused(int missingBytes)
    {
        using var bytes = new MemoryStream();
        await using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(ReviewFolder.Header + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"https://shop.example/p/1,r{i * 7919},5\n"))));
        _folder.Write("reviews.csv.gz", bytes.ToArray()[..^missingBytes]);
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => _folder.SyncAsync(_folder.Settings("reviews.csv.gz")));
        Assert.StartsWith("reviews.csv.gz: found broken compressed data (", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere.csv", "no such file, expected a CSV with product_url, reviewer_id, stars")]
    [InlineData("nowhere_*.csv", "no such file, expected a CSV with product_url, reviewer_id, stars")]
    [InlineData("*/reviews.csv", "a pattern in the folder's name, expected one in the file's name only, such as reviews/*.csv")]
    public async Task Sync_NoFile_NamesThePattern(string pattern, string expected)
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => _folder.SyncAsync(_folder.Settings(pattern)));
        Assert.Equal($"{_folder.PathOf(pattern)}: {expected}", error.Message);
    }

    [Fact]
    public async Task Sync_NoProductIsKnown_ShowsOneAndTheWayOut()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header + "https://other.example/p/1,r1,5\n");
        Assert.Equal(
            $"{_folder.PathOf("reviews.csv")}: all 1 reviews are of products that are no video, such as other.example/p/1, "
            + "expected the product_url of videos, or source.ingest_unknown",
            await RefusalAsync());
    }

    [Theory]
    [InlineData("https://shop.example/p/1,r1,6", "stars", "6", "0.5 to 5 in halves")]
    [InlineData("https://shop.example/p/1,r1,0", "stars", "0", "0.5 to 5 in halves")]
    [InlineData("https://shop.example/p/1,r1,-4", "stars", "-4", "0.5 to 5 in halves")]
    [InlineData("https://shop.example/p/1,r1,4.3", "stars", "4.3", "0.5 to 5 in halves")]
    [InlineData("https://shop.example/p/1,r1,NaN", "stars", "NaN", "0.5 to 5 in halves")]
    [InlineData("https://shop.example/p/1,r1,★★★★", "stars", "★★★★", "0.5 to 5 in halves")]
    [InlineData("https://shop.example/p/1,r1,", "stars", "nothing", "0.5 to 5 in halves")]
    [InlineData("https://shop.example/p/1, ,5", "reviewer_id", "nothing", "an id of 1 to 200 printable characters")]
    [InlineData("https://shop.example/p/1,\"r\n1\",5", "reviewer_id", "r\n1", "an id of 1 to 200 printable characters")]
    [InlineData(",r1,5", "product_url", "nothing", "the http or https URL of a product page")]
    [InlineData("see above,r1,5", "product_url", "see above", "the http or https URL of a product page")]
    [InlineData("https://shop.example/p/1,r1", "row", "2 fields", "3 fields as in the first line")]
    [InlineData("https://shop.example/p,1,r1,5", "row", "4 fields", "3 fields as in the first line")]
    public async Task Sync_BadRow_IsPutAsideWithFieldFoundAndExpected(string row, string field, string found, string expected)
    {
        _folder.Write("reviews.csv", $"{ReviewFolder.Header}{Good}{row}\nhttps://shop.example/p/2,r1,5\n");

        var snapshot = await _folder.SyncAsync();

        Assert.Equal(2, snapshot.InteractionCount);
        using var line = System.Text.Json.JsonDocument.Parse(Assert.Single(_folder.Run.Quarantine(snapshot)));
        Assert.Equal(
            ("reviews.csv", 3, field, found, expected),
            (Text("file"), line.RootElement.GetProperty("row").GetInt32(), Text("field"), Text("found"), Text("expected")));
        Assert.Equal(1, (await _folder.Run.ReportAsync(snapshot)).Reviews!.Faulty);

        string? Text(string name) => line.RootElement.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Sync_RowInAnotherEncoding_IsPutAside()
    {
        var good = "https://shop.example/p/1,花子,5\nhttps://shop.example/p/2,花子,5\n";
        _folder.Write("reviews.csv", Encoding.UTF8.GetBytes(ReviewFolder.Header + good + "https://shop.example/p/1,"), [0xFF, 0xFE, 0xE3], ",5\n"u8.ToArray());

        var snapshot = await _folder.SyncAsync();

        Assert.Equal(2, snapshot.InteractionCount);
        Assert.Contains("bytes that are no UTF-8", Assert.Single(_folder.Run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_GiganticReviewerId_IsPutAsideShortened()
    {
        _folder.Write("reviews.csv", $"{ReviewFolder.Header}https://shop.example/p/1,{new string('x', 1_000_000)},5\n{Good}");

        var snapshot = await _folder.SyncAsync();

        Assert.Equal(1, snapshot.InteractionCount);
        Assert.InRange(Assert.Single(_folder.Run.Quarantine(snapshot)).Length, 100, 2000);
    }

    [Fact]
    public async Task Sync_PseudonymisedUsers_BadReviewerStaysHidden()
    {
        _folder.Write("reviews.csv", $"{ReviewFolder.Header}https://shop.example/p/1,\"private\nperson\",5\nhttps://shop.example/p/1,private,6\n{Good}");
        var settings = _folder.Settings() with { PseudonymiseUsers = true };
        var run = new SyncRun { PseudonymKey = "0123456789abcdef" };

        var snapshot = await run.FromAsync(new ReviewSource(new FolderSource(_folder.Path), settings), settings);

        Assert.Equal(2, run.Quarantine(snapshot).Length);
        Assert.All(run.Quarantine(snapshot), line => Assert.DoesNotContain("private", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_MostReviewsOfUnknownProducts_BlocksTheRun()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header + Good + string.Concat(Enumerable.Range(0, 19).Select(i => $"https://other.example/{i},r1,5\n")));
        var snapshot = await _folder.SyncAsync();

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => new CheckContract(_folder.Run.Work, _ => _folder.Run.Work).RunAsync(
            new(snapshot, new ContractSettings(), new Retraining.Publish.PublishSettings()), _folder.Run.Context, CancellationToken.None));

        Assert.Contains("reviews of unknown products", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> RefusalAsync() => (await Assert.ThrowsAsync<PermanentStageException>(() => _folder.SyncAsync())).Message;
}
