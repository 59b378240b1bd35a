using System.Globalization;
using CsvHelper;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>Reads one CSV file of MovieLens row by row; errors name file, line and field.</summary>
internal sealed class MovieLensCsv : IDisposable
{
    private readonly string _name;
    private readonly CsvReader _csv;

    private MovieLensCsv(string path)
    {
        _name = Path.GetFileName(path);
        _csv = CsvReader.FromFile(path, new CsvReaderOptions { Separator = ',', TrackLineNumbers = true });
    }

    public long Line => _csv.LineNumber;

    /// <exception cref="PermanentStageException">The file is missing, or lacks one of the columns.</exception>
    public static MovieLensCsv Open(string folder, string name, params string[] columns)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            throw new PermanentStageException($"{path}: no such file, expected the {name} of a MovieLens data set");
        var csv = new MovieLensCsv(path);
        string[] headers = [.. csv._csv.Headers];
        if (headers.Length == 0)
            throw new PermanentStageException($"{name}: an empty file, expected the columns {string.Join(", ", columns)}");
        var missing = columns.Except(headers, StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
            throw new PermanentStageException($"{name}, line 1: no column {string.Join(", ", missing)}, found {string.Join(", ", headers)}");
        return csv;
    }

    public bool Read() => _csv.Read();

    public string Text(string column) => _csv.GetString(column) is { Length: > 0 } text ? text : throw Broken(column, "nothing", "a value");

    public double Number(string column) => double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw Broken(column, Text(column), "a number");

    public DateTimeOffset UnixTime(string column) => long.TryParse(Text(column), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds)
        && seconds is >= 0 and < 253_402_300_800
        ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : throw Broken(column, Text(column), "seconds since 1970");

    public void Dispose() => _csv.Dispose();

    private PermanentStageException Broken(string column, string found, string expected) =>
        new($"{_name}, line {Line}, field {column}: found {found}, expected {expected}");
}
