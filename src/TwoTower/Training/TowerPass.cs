using System.Numerics.Tensors;
using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>The forward pass of one tower over a batch, keeping what the backward pass needs.</summary>
internal sealed unsafe class TowerPass
{
    /// <summary>Rows of a block of work.</summary>
    public const int RowBlock = 64;
    private const int GatherBlock = 128;

    /// <summary>Rows between fetching what a row needs and summing it.</summary>
    private const int RowsAhead = 2;
    private readonly SimdLevel _level;
    private readonly WorkTeam _team;
    private readonly Action<int, int> _gather;
    private readonly Action<int, int> _embed;
    private SparseRows _rows = new(1);
    private DropoutMask _mask;
    private int _start;

    public TowerPass(TowerWeights weights, SimdLevel level, WorkTeam team)
    {
        (Weights, _level, _team) = (weights, level, team);
        (_gather, _embed) = (Gather, Embed);
    }

    public TowerWeights Weights { get; }

    /// <summary>Rows of the batch.</summary>
    public int Rows { get; private set; }

    /// <summary>[rows, FirstWidth]: hidden units after ReLU and dropout, then the skip's share of the output.</summary>
    public FloatBuffer First { get; } = new();

    /// <summary>[rows, embedding_dim], unit vectors.</summary>
    public FloatBuffer Embeddings { get; } = new();

    /// <summary>[rows], lengths before normalisation.</summary>
    public FloatBuffer Norms { get; } = new();

    public float DropoutScale => _mask.Scale;

    private PackedPanels Second { get; } = new();

    private int GatherBlocks => (Rows + GatherBlock - 1) / GatherBlock;

    /// <summary>Embeds rows [start, start + count).</summary>
    public void Run(SparseRows rows, int start, int count, DropoutMask mask)
    {
        (_rows, _start, Rows, _mask) = (rows, start, count, mask);
        var shape = Weights.Shape;
        First.Resize((long)Rows * Weights.FirstWidth);
        Embeddings.Resize((long)Rows * shape.EmbeddingDim);
        Norms.Resize(Rows);
        if (shape.HiddenDim > 0)
            Second.PackAll(shape.HiddenDim, shape.EmbeddingDim, Weights.Second.Weight.Pointer, shape.EmbeddingDim, 1);
        GatherOnly();
        _team.Run((Rows + RowBlock - 1) / RowBlock, _embed);
    }

    /// <summary>The first layer alone, of the rows of the last run.</summary>
    public void GatherOnly() => _team.Run(GatherBlocks * Weights.AllSlabs, _gather);

    private void Gather(int block, int worker)
    {
        var (slab, part) = Math.DivRem(block, GatherBlocks);
        var (first, last) = (part * GatherBlock, Math.Min(Rows, (part + 1) * GatherBlock));
        var target = First.Pointer + (slab * Slabs.Width);
        fixed (int* indices = _rows.Indices)
        fixed (float* values = _rows.Values)
        {
            if (Weights.HalfFirst != null)
                SumHalves(first, last, indices, values, Weights.HalfColumns(slab), target);
            else
                Sum(first, last, indices, values, Weights.FirstColumns(slab, out var stride), stride, target);
        }
    }

    private void Sum(int first, int last, int* indices, float* values, float* table, long stride, float* target)
    {
        var offsets = _rows.Offsets[_start..];
        for (var r = first; r < last; r++)
        {
            var start = offsets[r];
            var row = target + ((long)r * Weights.FirstWidth);
            BagKernels.Sum(_level, indices + start, values + start, 1, offsets[r + 1] - start, table, stride, row);
        }
    }

    private void SumHalves(int first, int last, int* indices, float* values, int* table, float* target)
    {
        var offsets = _rows.Offsets[_start..];
        for (var r = first; r < last; r++)
        {
            var start = offsets[r];
            if (r + RowsAhead < last)
                HalfRows.Fetch(indices + offsets[r + RowsAhead], offsets[r + RowsAhead + 1] - offsets[r + RowsAhead], table);
            var row = target + ((long)r * Weights.FirstWidth);
            HalfRows.Sum(_level, indices + start, values + start, 1, offsets[r + 1] - start, table, row);
        }
    }

    private void Embed(int block, int worker)
    {
        var (first, shape) = (block * RowBlock, Weights.Shape);
        var count = Math.Min(RowBlock, Rows - first);
        var (stride, dim, hidden) = (Weights.FirstWidth, shape.EmbeddingDim, Weights.HiddenWidth);
        var layer = First.Pointer + ((long)first * stride);
        var output = Embeddings.Pointer + ((long)first * dim);
        for (var r = 0; r < count && hidden > 0; r++)
        {
            var counter = (uint)((first + r) * hidden);
            ActivationKernels.Relu(_level, layer + (r * stride), Weights.HiddenBias.Weight.Pointer, hidden, _mask, counter);
        }

        if (hidden > 0)
            Gemm.Multiply(_level, count, layer, stride, 1, Second, output, dim, Weights.OutputBias.Weight.Pointer);
        for (var r = 0; r < count; r++)
        {
            var row = new Span<float>(output + (r * dim), dim);
            if (hidden == 0)
                Weights.OutputBias.Weight.Span[..dim].CopyTo(row);
            if (shape.LinearSkip)
                TensorPrimitives.Add(row, new ReadOnlySpan<float>(layer + (r * stride) + hidden, dim), row);
            Norms.Pointer[first + r] = ActivationKernels.Normalise(output + (r * dim), dim);
        }
    }
}
