using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Benchmark;

/// <summary>Reads a split's videos.</summary>
internal static class VideoFile
{
    /// <summary>The videos of the file and, without any attributes, the items that only interactions name.</summary>
    /// <exception cref="PermanentStageException">The file is missing or a row is not as expected.</exception>
    public static async Task<Catalogue> ReadAsync(string path, IEnumerable<string> itemIds, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new PermanentStageException($"{path}: no such file, expected a JSON array of videos");

        var videos = new SortedDictionary<string, Video>(StringComparer.Ordinal);
        await using var file = File.OpenRead(path);
        var scanner = new JsonRowScanner(file, path);
        await foreach (var bytes in scanner.ReadAsync(cancellationToken))
        {
            var row = JsonRow.Read(path, scanner.Row, bytes, JsonRow.Video);
            if (row.Fault is { } fault)
                throw new PermanentStageException($"{path}, row {row.Row}, {fault.Field}: {fault.Found}, expected {fault.Expected}");
            videos[row.Value!.Id] = row.Value;
        }

        foreach (var id in itemIds)
            videos.TryAdd(id, new Video { Id = id });
        return new Catalogue { VideoIds = [.. videos.Keys], Videos = [.. videos.Values] };
    }
}
