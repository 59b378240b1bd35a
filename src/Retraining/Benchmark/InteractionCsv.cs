using System.Globalization;
using CsvHelper;
using Retraining.Execution;

namespace Retraining.Benchmark;

/// <summary>Reads a split's interactions.</summary>
internal static class InteractionCsv
{
    private const double MillisecondsFrom = 100_000_000_000; // as seconds, the year 5138

    /// <exception cref="PermanentStageException">The file is missing or a row is not as expected; names file, line and field.</exception>
    public static List<InteractionRow> Read(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new PermanentStageException($"{path}: no such file, expected CSV with user_id,item_id,rating,timestamp");

        using var csv = CsvReader.FromFile(path, new CsvReaderOptions { Separator = ',', TrackLineNumbers = true });
        string[] headers = [.. csv.Headers];
        if (!headers.Contains("user_id") || !headers.Contains("item_id"))
            throw new PermanentStageException($"{path}, line 1: columns {string.Join(", ", headers)}, expected user_id and item_id among them");

        var hasTime = headers.Contains("timestamp");
        var rows = new List<InteractionRow>();
        var ids = new HashSet<string>(StringComparer.Ordinal); // the same id is in many rows: one string for all of them
        while (csv.Read())
        {
            if (rows.Count % 65536 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            rows.Add(new(Shared(ids, Required(csv, "user_id", path)), Shared(ids, Required(csv, "item_id", path)), hasTime ? Time(csv, path) : 0));
        }

        return rows;
    }

    private static string Shared(HashSet<string> ids, string id)
    {
        if (ids.TryGetValue(id, out var known))
            return known;
        ids.Add(id);
        return id;
    }

    private static string Required(CsvReader csv, string field, string path) => csv.GetString(field) is { Length: > 0 } value
        ? value
        : throw new PermanentStageException($"{path}, line {csv.LineNumber}, {field}: nothing, expected an id");

    private static long Time(CsvReader csv, string path)
    {
        if (csv.GetString("timestamp") is not { Length: > 0 } text)
            return 0;
        if (!double.TryParse(text, CultureInfo.InvariantCulture, out var time) || !(Math.Abs(time) < 1e15))
            throw new PermanentStageException($"{path}, line {csv.LineNumber}, timestamp: {text}, expected unix seconds or milliseconds");
        return (long)(time < MillisecondsFrom ? time * 1000 : time);
    }
}
