using Retraining.Execution;

namespace Retraining.Source;

/// <summary>Finds the file of a table in a folder.</summary>
internal static class TableFiles
{
    public const string Parquet = ".parquet";

    private static readonly string[] Endings = [".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz", Parquet];

    /// <param name="names">The table's names; the first that is there counts.</param>
    /// <returns>One file; or the Parquet files of a folder of that name, as parallel writers make it, in the order of their names.</returns>
    /// <exception cref="PermanentStageException">There is none, or more than one of a name.</exception>
    public static IReadOnlyList<string> Find(string folder, string[] names)
    {
        if (!Directory.Exists(folder))
            throw new PermanentStageException($"{folder}: no such folder, expected one with {names[0]}.json and the other tables");
        foreach (var name in names)
        {
            string[] found = [.. Endings.Select(ending => Path.Combine(folder, name + ending)).Where(Path.Exists)];
            if (found.Length > 1)
                throw new PermanentStageException(
                    $"{folder}: found {string.Join(" and ", found.Select(Path.GetFileName))}, expected one of them; remove what is old");
            if (found.Length == 1)
                return Parts(found[0]);
        }

        throw new PermanentStageException(
            $"{folder}: found no {string.Join(" or ", names.Select(name => name + Endings[0]))}, "
            + $"expected one (also as {string.Join(", ", Endings.Skip(1))})");
    }

    private static string[] Parts(string path)
    {
        if (!Directory.Exists(path))
            return [path];
        // Names that begin so are the writer's own: markers, and what an attempt left that did not end.
        var parts = Directory.GetFiles(path, "*" + Parquet).Where(part => Path.GetFileName(part)[0] is not ('_' or '.')).ToArray();
        Array.Sort(parts, StringComparer.Ordinal);
        return parts.Length > 0 && path.EndsWith(Parquet, StringComparison.Ordinal) ? parts
            : throw new PermanentStageException($"{path}: found a folder without {Parquet} files, expected a file, or a folder with some");
    }
}
