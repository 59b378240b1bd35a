using Retraining.Execution;

namespace Retraining.Source;

/// <summary>The files that a path or a pattern names.</summary>
internal static class ReviewFiles
{
    /// <param name="pattern">A file, or a folder with <c>*</c> and <c>?</c> in the file's name.</param>
    /// <returns>At least one path, in ordinal order.</returns>
    /// <exception cref="PermanentStageException">There is no such file.</exception>
    public static IReadOnlyList<string> Find(string? pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern))
            throw new PermanentStageException("source.reviews is not set, expected a CSV file or a pattern such as reviews/*.csv");
        if (File.Exists(pattern))
            return [pattern];
        var folder = Path.GetDirectoryName(pattern) is { Length: > 0 } some ? some : ".";
        var name = Path.GetFileName(pattern);
        if (folder.AsSpan().ContainsAny('*', '?'))
            throw new PermanentStageException($"{pattern}: a pattern in the folder's name, expected one in the file's name only, such as reviews/*.csv");
        string[] files = name.AsSpan().ContainsAny('*', '?') && Directory.Exists(folder) ? Directory.GetFiles(folder, name) : [];
        if (files.Length == 0)
            throw new PermanentStageException($"{pattern}: no such file, expected a CSV with product_url, reviewer_id, stars");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
