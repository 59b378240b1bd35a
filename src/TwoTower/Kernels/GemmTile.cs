namespace TwoTower.Kernels;

/// <summary>What a GEMM kernel works on: C = start + A·B, some rows of A against one panel of B.</summary>
internal unsafe struct GemmTile
{
    /// <summary>Steps of the inner dimension.</summary>
    public int Depth;

    /// <summary>Rows of a full tile.</summary>
    public int Height;

    /// <summary>Element (i, p) at A[i × RowStride + p × InnerStride].</summary>
    public float* A;
    public long RowStride;
    public long InnerStride;

    /// <summary>From one tile of A to the next.</summary>
    public long TileStride;

    /// <summary>[Depth, 32].</summary>
    public float* B;
    public float* C;
    public long CStride;

    /// <summary>What the product is added to: C itself, or the same row for all (stride 0).</summary>
    public float* Start;
    public long StartStride;

    /// <summary>The same panel, from a later tile on.</summary>
    public readonly GemmTile At(int tile)
    {
        var other = this;
        var rows = (long)tile * Height;
        other.A += tile * TileStride;
        other.C += rows * CStride;
        other.Start += rows * StartStride;
        return other;
    }
}
