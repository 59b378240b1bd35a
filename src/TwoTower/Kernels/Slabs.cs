namespace TwoTower.Kernels;

/// <summary>The layout of the first layer: its columns are cut into slabs of 64, each stored as its own [input_dim, 64] matrix.</summary>
/// <remarks>A slab of all input rows is small enough to stay in the second-level cache while a whole batch is gathered from it.</remarks>
internal static unsafe class Slabs
{
    /// <summary>Columns of a slab.</summary>
    public const int Width = 64;

    /// <summary>Slabs that hold so many columns.</summary>
    public static int Count(int columns) => (columns + Width - 1) / Width;

    /// <summary>Copies a row-major matrix into slabs; columns beyond it are left alone.</summary>
    /// <param name="matrix">Row-major [rows, columns].</param>
    /// <param name="rows">Rows of the matrix and of each slab.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="slabs">[slabs, rows, 64].</param>
    public static void Pack(ReadOnlySpan<float> matrix, int rows, int columns, float* slabs)
    {
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c += Width)
                matrix.Slice((r * columns) + c, Math.Min(Width, columns - c)).CopyTo(new Span<float>(Row(slabs, rows, c / Width, r), Width));
        }
    }

    /// <summary>The way back from <see cref="Pack"/>.</summary>
    public static void Unpack(float* slabs, int rows, int columns, Span<float> matrix)
    {
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c += Width)
            {
                var width = Math.Min(Width, columns - c);
                new ReadOnlySpan<float>(Row(slabs, rows, c / Width, r), width).CopyTo(matrix.Slice((r * columns) + c, width));
            }
        }
    }

    /// <summary>Place of a row within the slabs.</summary>
    public static long Offset(int rows, int slab, int row) => (((long)slab * rows) + row) * Width;

    public static float* Row(float* slabs, int rows, int slab, int row) => slabs + Offset(rows, slab, row);
}
