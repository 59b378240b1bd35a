namespace Retraining.Features;

/// <summary>
/// One of several parts of a table's rows. Parts begin where a row group begins, so that joined they give the bytes that one part gives.
/// A part may be empty: a small table has fewer row groups than it may be asked to have parts.
/// </summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">Parts of the table.</param>
public sealed record Shard(int Index, int Count)
{
    /// <summary>Rows of every row group but a table's last one.</summary>
    public const int GroupRows = 4096;

    /// <summary>The only part.</summary>
    public static readonly Shard Whole = new(0, 1);

    /// <summary>Rows [Start, End) of a table of so many.</summary>
    public (int Start, int End) Of(int rows)
    {
        var groups = (rows + (GroupRows - 1L)) / GroupRows;
        return (Bound(Index), Bound(Index + 1));

        int Bound(long part) => (int)Math.Min(rows, groups * part / Count * GroupRows);
    }

    /// <summary>Rows [Start, End) of each row group of this part.</summary>
    public IEnumerable<(int Start, int End)> Groups(int rows)
    {
        var (start, end) = Of(rows);
        for (; start < end; start += GroupRows)
            yield return (start, Math.Min(end, start + GroupRows));
    }

    /// <summary>A name of its own for this part of a file; the only part has the file's name.</summary>
    public string NameOf(string file) => Count == 1 ? file : $"{Path.GetFileNameWithoutExtension(file)}.{Index + 1}-of-{Count}{Path.GetExtension(file)}";
}
