using System.Runtime.CompilerServices;

namespace TwoTower.Kernels;

/// <summary>Inner loops of the matrix product on one tile.</summary>
internal static unsafe class GemmKernels
{
    private const int MostHeight = GemmAvx512.Height;

    /// <summary>Nothing to start from.</summary>
    public static readonly FloatBuffer Zeros = new(PackedPanels.Width);

    /// <summary>Rows of A in one tile, at most 8.</summary>
    public static int Height(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => GemmAvx512.Height,
        SimdLevel.Avx2 => GemmAvx2.Height,
        _ => GemmPortable.Height,
    };

    /// <summary>Full tiles, one below the other, against a full panel.</summary>
    public static void Multiply(SimdLevel level, in GemmTile tile, int tiles)
    {
        if (level == SimdLevel.Avx512)
        {
            GemmAvx512.Multiply(tile, tiles);
            return;
        }

        for (var t = 0; t < tiles; t++)
            Multiply(level, tile.At(t));
    }

    private static void Multiply(SimdLevel level, in GemmTile tile)
    {
        if (level == SimdLevel.Avx2)
            GemmAvx2.Multiply(tile);
        else
            GemmPortable.Multiply(tile);
    }

    /// <summary>A tile that reaches over the edge of A or C: worked out in full beside them; what lies within C is copied there.</summary>
    /// <param name="level">Form of the kernel.</param>
    /// <param name="tile">Place of the tile.</param>
    /// <param name="rows">Rows that exist, at most the tile's height.</param>
    /// <param name="columns">Columns of C that exist, at most a panel's width.</param>
    [SkipLocalsInit]
    public static void MultiplyEdge(SimdLevel level, in GemmTile tile, int rows, int columns)
    {
        var a = stackalloc float[MostHeight * Gemm.InnerBlock];
        var c = stackalloc float[MostHeight * PackedPanels.Width];
        var beside = tile with { C = c, CStride = PackedPanels.Width, Start = Zeros.Pointer, StartStride = 0 };
        if (rows < tile.Height)
        {
            for (var p = 0; p < tile.Depth; p++)
            {
                for (var i = 0; i < tile.Height; i++)
                    a[(p * tile.Height) + i] = i < rows ? tile.A[(i * tile.RowStride) + (p * tile.InnerStride)] : 0;
            }

            beside = beside with { A = a, RowStride = 1, InnerStride = tile.Height };
        }

        Multiply(level, beside, 1);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                tile.C[(i * tile.CStride) + j] = tile.Start[(i * tile.StartStride) + j] + c[(i * PackedPanels.Width) + j];
        }
    }
}
