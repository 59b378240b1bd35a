namespace TwoTower.Parquet;

/// <summary>A column of lists of texts that are encoded already, as <see cref="PlainTexts"/>.</summary>
public sealed class PlainTextLists
{
    /// <param name="offsets">[rows + 1], ascending from 0: of how many texts the rows before consist.</param>
    /// <param name="ends">[rows], ascending: where each row's texts end in <paramref name="bytes"/>.</param>
    /// <param name="bytes">Each text after its length, four bytes, little-endian.</param>
    /// <exception cref="ArgumentException">There are not as many of one as of the other.</exception>
    public PlainTextLists(int[] offsets, int[] ends, ReadOnlyMemory<byte> bytes)
    {
        if (offsets.Length != ends.Length + 1 || offsets[0] != 0)
            throw new ArgumentException($"{offsets.Length} offsets from {offsets.FirstOrDefault()}, expected {ends.Length + 1} from 0");
        (Offsets, Texts) = (offsets, new PlainTexts(ends, bytes));
    }

    public int[] Offsets { get; }

    public PlainTexts Texts { get; }
}
