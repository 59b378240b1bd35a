namespace TwoTower.Parquet;

/// <summary>A column of texts that are encoded already: UTF-8 after its length, as the format's PLAIN encoding has them. Nothing is converted.</summary>
public sealed class PlainTexts
{
    /// <param name="ends">[rows], ascending: where each row's text ends in <paramref name="bytes"/>; a row of no bytes at all is null.</param>
    /// <param name="bytes">Each text after its length, four bytes, little-endian.</param>
    /// <exception cref="ArgumentException">The last row does not end with the bytes.</exception>
    public PlainTexts(int[] ends, ReadOnlyMemory<byte> bytes)
    {
        var end = ends.Length == 0 ? 0 : ends[^1];
        if (end != bytes.Length)
            throw new ArgumentException($"texts of {end} bytes, expected {bytes.Length}");
        (Ends, Bytes) = (ends, bytes);
    }

    public int[] Ends { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where the text of a row begins; the number of rows is allowed.</summary>
    internal int StartOf(int row) => row == 0 ? 0 : Ends[row - 1];
}
