using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>
/// One CSV of <c>product_url, reviewer_id, stars</c> in any order, with a date in <c>created_at</c> or <c>reviewed_at</c> where it has one, streamed.
/// Separated by commas, semicolons, tabs or bars; also as <c>.gz</c>.
/// </summary>
internal sealed class ReviewFile(string path)
{
    private const int MaxRowBytes = 4 << 20;
    private const int MaxIdLength = 200;
    private static readonly string[] Required = ["product_url", "reviewer_id", "stars"];
    private static readonly string[] Dates = ["created_at", "reviewed_at"];

    public string Name { get; } = Path.GetFileName(path);

    /// <exception cref="PermanentStageException">The file is no such CSV, in no encoding that is read, or ends inside a row.</exception>
    public async IAsyncEnumerable<SourceRow<Review>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var encoding = await EncodingAsync(cancellationToken);
        await foreach (var row in ReadAsync(Open(), encoding, cancellationToken))
            yield return row;
    }

    /// <summary>Reads the content as it is asked for: of no more than some rows at a time.</summary>
    /// <param name="content">Disposed.</param>
    /// <param name="encoding">Null for what its byte order mark says, or UTF-8.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    internal async IAsyncEnumerable<SourceRow<Review>> ReadAsync(
        Stream content, Encoding? encoding, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new CsvReaderOptions { TrackLineNumbers = true, MaxRecordSize = MaxRowBytes, Encoding = encoding, TrimWhitespace = true };
        await using var csv = CsvReader.Create(content, options);
        int[]? columns = null;
        while (await NextAsync(csv, cancellationToken))
            yield return Row(csv, columns ??= Columns(csv));
        _ = columns ?? Columns(csv);
    }

    private SourceRow<Review> Row(CsvReader csv, int[] columns)
    {
        var fault = Parse(csv, columns, out var review);
        return new(Name, csv.LineNumber, review, fault);
    }

    private static RowFault? Parse(CsvReader csv, int[] columns, out Review? review)
    {
        review = null;
        var raw = csv.RawRecord;
        if (!Utf8.IsValid(raw))
            return new("row", "bytes that are no UTF-8", "UTF-8 text", Encoding.UTF8.GetString(raw));
        if (csv.FieldCount != csv.Headers.Count)
            return Fault("row", $"{csv.FieldCount} fields", $"{csv.Headers.Count} fields as in the first line");

        var url = csv.GetString(columns[0]).Trim();
        if (!ProductUrl.TryParse(url, out var product))
            return Fault("product_url", url, ProductUrl.Expected);
        var reviewer = csv.GetString(columns[1]).Trim();
        if (reviewer.Length is 0 or > MaxIdLength || reviewer.Any(char.IsControl))
            return Fault("reviewer_id", reviewer, $"an id of 1 to {MaxIdLength} printable characters");
        var text = csv.GetString(columns[2]).Trim();
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var stars)
            || stars is not (>= 0.5 and <= 5) || stars * 2 != Math.Floor(stars * 2))
            return Fault("stars", text, "0.5 to 5 in halves");
        if (!TryDate(csv, columns[3], out var at))
            return Fault(Dates[0], csv.GetString(columns[3]), DateText.Expected);
        review = new Review(url, product, RowIds.Normalise(reviewer), stars, at);
        return null;

        RowFault Fault(string field, string found, string expected) =>
            new(field, found.Length == 0 ? "nothing" : Shorten(found), expected, Shorten(Encoding.UTF8.GetString(csv.RawRecord), 1000));
    }

    private static bool TryDate(CsvReader csv, int column, out DateTimeOffset? date)
    {
        date = null;
        if (column < 0 || csv.GetString(column).Trim() is not { Length: > 0 } text)
            return true;
        if (!DateText.TryParse(text, out var parsed))
            return false;
        date = parsed;
        return true;
    }

    private int[] Columns(CsvReader csv)
    {
        string[] headers = [.. csv.Headers.Select(header => header.Trim().ToLowerInvariant())];
        if (headers.Length == 0)
            throw new PermanentStageException($"{Name}: an empty file, expected the columns {string.Join(", ", Required)}");
        var missing = Required.Except(headers, StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
            throw new PermanentStageException(
                $"{Name}, line 1: no column {string.Join(", ", missing)}, found {Shorten(string.Join(", ", headers))}");
        return [.. Required.Select(name => Array.IndexOf(headers, name)), Dates.Max(name => Array.IndexOf(headers, name))];
    }

    private async Task<bool> NextAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            return await csv.ReadAsync(cancellationToken);
        }
        catch (CsvFormatException e)
        {
            throw new PermanentStageException($"{Name}, line {e.LineNumber}: found no row ({e.Message}), expected one of at most {MaxRowBytes >> 20} MiB: "
                + "a quote is probably not closed", e);
        }
        catch (InvalidDataException e)
        {
            throw new PermanentStageException($"{Name}: found broken compressed data ({e.Message}), expected a whole gzip file", e);
        }
    }

    private async Task<Encoding?> EncodingAsync(CancellationToken cancellationToken)
    {
        await using var start = Open();
        var head = new byte[1 << 16];
        try
        {
            var length = await start.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            return ReviewEncoding.Of(head.AsSpan(0, length), Name);
        }
        catch (InvalidDataException e)
        {
            throw new PermanentStageException($"{Name}: found broken compressed data ({e.Message}), expected a whole gzip file", e);
        }
    }

    private Stream Open()
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
            return path.EndsWith(".gz", StringComparison.Ordinal) ? new WholeGzipStream(file) : file;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PermanentStageException($"{path}: cannot be read ({e.Message}), expected a readable file", e);
        }
    }

    private static string Shorten(string text, int length = 100) => text.Length <= length ? text : text[..length] + "…";
}
