namespace TwoTower.Kernels;

/// <summary>What a GEMM kernel works on: some rows of A against one panel of B, added to C.</summary>
internal unsafe struct GemmTile
{
    public int Depth;
    public float* A;
    public long RowStride;
    public long InnerStride;
    public float* B;
    public float* C;
    public long CStride;

    /// <summary>Columns of C that exist, at most the panel's width.</summary>
    public int Columns;

    /// <summary>The same panel, starting at a later row.</summary>
    public readonly GemmTile Down(int rows)
    {
        var tile = this;
        tile.A += rows * RowStride;
        tile.C += rows * CStride;
        return tile;
    }
}
