using System.Runtime.CompilerServices;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>
/// A folder with <c>profiles.json</c>, <c>videos_subset.json</c> or <c>videos.json</c>, and <c>user_video_decisions.json</c>:
/// JSON arrays or one object a line (also named <c>.ndjson</c>, <c>.jsonl</c>), each also as <c>.gz</c>.
/// </summary>
public sealed class JsonFolderSource(string folder) : ISource
{
    private static readonly string[] Endings = [".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz"];

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
        var path = Find(names);
        var origin = Path.GetFileName(path);
        await using var file = Open(path);
        await using Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new WholeGzipStream(file) : file;

        var rows = new JsonRowScanner(text, origin);
        await foreach (var bytes in rows.ReadAsync(cancellationToken))
        {
            var row = JsonRow.Read(origin, rows.Row, bytes, map);
            // One object instead of an array is most often an error message, which must not pass for a row.
            if (row is { Row: 1, Fault: { Found: "nothing" } fault } && !rows.IsArray)
                throw new PermanentStageException(
                    $"{origin}, row 1: found an object without {fault.Field} ({Shorten(fault.Raw!)}), expected a JSON array of rows, or rows one a line");
            yield return row;
        }
    }

    private string Find(string[] names)
    {
        if (!Directory.Exists(folder))
            throw new PermanentStageException($"{folder}: no such folder, expected one with {names[0]}.json and the other tables");
        foreach (var name in names)
            foreach (var ending in Endings)
                if (File.Exists(Path.Combine(folder, name + ending)))
                    return Path.Combine(folder, name + ending);
        throw new PermanentStageException(
            $"{folder}: found no {string.Join(" or ", names.Select(n => n + ".json"))}, "
            + $"expected one (also as {string.Join(", ", Endings.Skip(1))})");
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PermanentStageException($"{path}: cannot be read ({e.Message}), expected a readable file", e);
        }
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
