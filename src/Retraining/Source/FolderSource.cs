using System.Runtime.CompilerServices;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>
/// A folder with the tables <c>profiles</c>, <c>videos_subset</c> or <c>videos</c>, and <c>user_video_decisions</c>, each as <c>.json</c>
/// (an array, or one object a line; also named <c>.ndjson</c>, <c>.jsonl</c>), the same with <c>.gz</c>, or <c>.parquet</c>.
/// </summary>
/// <param name="readParquetLeaf">Reads Parquet's other codecs and encodings; null in builds without it.</param>
public sealed class FolderSource(string folder, ReadParquetLeaf? readParquetLeaf = null) : ISource
{
    public string Location => folder;

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) =>
        ReadAsync(["profiles"], JsonRow.Profile, cancellationToken);

    public IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync(CancellationToken cancellationToken) =>
        ReadAsync(["videos_subset", "videos"], JsonRow.Video, cancellationToken);

    public IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken) =>
        ReadAsync(["user_video_decisions"], JsonRow.Decision, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async IAsyncEnumerable<SourceRow<T>> ReadAsync<T>(
        string[] names, Func<JsonFields, T> map, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var files = TableFiles.Find(folder, names);
        foreach (var path in files)
        {
            var origin = Path.GetRelativePath(folder, path);
            await using var file = Open(path);
            var rows = path.EndsWith(TableFiles.Parquet, StringComparison.Ordinal)
                ? ReadParquetAsync(file, origin, map, cancellationToken)
                : ReadJsonAsync(file, origin, map, cancellationToken);
            await foreach (var row in rows)
                yield return row;
        }
    }

    private static async IAsyncEnumerable<SourceRow<T>> ReadJsonAsync<T>(
        FileStream file, string origin, Func<JsonFields, T> map, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        await using Stream text = origin.EndsWith(".gz", StringComparison.Ordinal) ? new WholeGzipStream(file) : file;
        var rows = new JsonRowScanner(text, origin);
        await foreach (var bytes in rows.ReadAsync(cancellationToken))
        {
            var row = JsonRow.Read(origin, rows.Row, bytes, map);
            // One object instead of an array is most often an error message, which must not pass for a row.
            if (row is { Row: 1, Fault: { Found: JsonFields.Nothing } fault } && !rows.IsArray)
                throw new PermanentStageException(
                    $"{origin}, row 1: found an object without {fault.Field} ({Shorten(fault.Raw!)}), "
                    + "expected a JSON array of rows, or rows one a line");
            yield return row;
        }
    }

    private async IAsyncEnumerable<SourceRow<T>> ReadParquetAsync<T>(
        FileStream file, string origin, Func<JsonFields, T> map, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var row = 0L;
        var rows = new ParquetRows(file, origin, RowFields.Of(map), readParquetLeaf);
        await foreach (var text in rows.ReadAsync(cancellationToken))
            yield return JsonRow.Read(origin, ++row, text, map);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PermanentStageException($"{path}: cannot be read ({e.Message}), expected a readable file", e);
        }
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
