using System.Numerics.Tensors;
using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>The backward pass of one tower: from the gradient of its embeddings to updated weights.</summary>
internal sealed unsafe class TowerBackward
{
    private const int SecondBlock = 32;
    private readonly TowerPass _pass;
    private readonly SimdLevel _level;
    private readonly WorkTeam _team;
    private readonly PackedPanels _secondTransposed = new();
    private readonly PackedPanels _outputGradient = new();
    private readonly FloatBuffer[] _scratch;
    private readonly FloatBuffer _biasSums = new();
    private readonly Action<int, int> _rowsJob;
    private readonly Action<int, int> _secondJob;

    public TowerBackward(TowerPass pass, SimdLevel level, WorkTeam team)
    {
        (_pass, _level, _team) = (pass, level, team);
        (_rowsJob, _secondJob) = (BackRows, BackSecond);
        _scratch = [.. Enumerable.Range(0, team.Size).Select(_ => new FloatBuffer((long)TowerPass.RowBlock * Weights.HiddenWidth))];
        foreach (var parameter in new[] { Weights.HiddenBias, Weights.Second, Weights.OutputBias })
            parameter.Gradient.Resize(parameter.Length);
    }

    /// <summary>[rows, embedding_dim]: in, the gradient of the embeddings; afterwards that of the outputs before normalisation.</summary>
    public FloatBuffer Gradient { get; } = new();

    /// <summary>[AllSlabs, rows, 64]: gradient of the first layer's output; or [AllSlabs, rows, 32] words.</summary>
    public FloatBuffer FirstGradient { get; } = new();

    private TowerWeights Weights => _pass.Weights;

    private int Blocks => (_pass.Rows + TowerPass.RowBlock - 1) / TowerPass.RowBlock;

    private int BiasWidth => Weights.HiddenWidth + Weights.Shape.EmbeddingDim;

    /// <summary>A slab of <see cref="FirstGradient"/> at half the width.</summary>
    public int* HalfGradient(int slab) => (int*)FirstGradient.Pointer + ((long)slab * _pass.Rows * HalfRows.Words);

    /// <summary>Fills <see cref="FirstGradient"/> and the gradients of every weight but the first layer's.</summary>
    public void Run()
    {
        var shape = Weights.Shape;
        FirstGradient.Resize((long)_pass.Rows * Weights.FirstWidth / (Weights.HalfFirst == null ? 1 : 2));
        _biasSums.Resize((long)Blocks * BiasWidth);
        if (shape.HiddenDim > 0)
            _secondTransposed.PackAll(shape.EmbeddingDim, shape.HiddenDim, Weights.Second.Weight.Pointer, 1, shape.EmbeddingDim);
        _team.Run(Blocks, _rowsJob);
        SumBiases();
        if (shape.HiddenDim == 0)
            return;
        _outputGradient.PackAll(_pass.Rows, shape.EmbeddingDim, Gradient.Pointer, shape.EmbeddingDim, 1);
        _team.Run((shape.HiddenDim + SecondBlock - 1) / SecondBlock, _secondJob);
    }

    private void BackRows(int block, int worker)
    {
        var (first, dim, hidden) = (block * TowerPass.RowBlock, Weights.Shape.EmbeddingDim, Weights.HiddenWidth);
        var count = Math.Min(TowerPass.RowBlock, _pass.Rows - first);
        var gradient = Gradient.Pointer + ((long)first * dim);
        var sums = new Span<float>(_biasSums.Pointer + ((long)block * BiasWidth), BiasWidth);
        sums.Clear();
        for (var r = 0; r < count; r++)
        {
            var unit = _pass.Embeddings.Pointer + ((long)(first + r) * dim);
            ActivationKernels.NormaliseBackward(unit, _pass.Norms.Pointer[first + r], gradient + (r * dim), dim);
            TensorPrimitives.Add(sums[hidden..], new ReadOnlySpan<float>(gradient + (r * dim), dim), sums[hidden..]);
        }

        var units = _scratch[worker].Pointer;
        if (hidden > 0)
        {
            new Span<float>(units, count * hidden).Clear(); // padding columns stay 0
            Gemm.Multiply(_level, count, gradient, dim, 1, _secondTransposed, units, hidden, accumulate: true);
        }

        fixed (float* hiddenSums = sums)
        {
            for (var r = 0; r < count; r++)
            {
                var layer = _pass.First.Pointer + ((long)(first + r) * Weights.FirstWidth);
                if (hidden > 0)
                    ActivationKernels.ReluBackward(layer, units + (r * hidden), hiddenSums, hidden, _pass.DropoutScale);
                Scatter(units + (r * hidden), gradient + (r * dim), first + r);
            }
        }
    }

    private void Scatter(float* units, float* output, int row)
    {
        var padded = stackalloc float[Slabs.Width];
        for (var slab = 0; slab < Weights.AllSlabs; slab++)
        {
            var (hidden, column) = (slab < Weights.HiddenSlabs, (slab - Weights.HiddenSlabs) * Slabs.Width);
            var source = hidden ? units + (slab * Slabs.Width) : output + column;
            var width = hidden ? Slabs.Width : Math.Min(Slabs.Width, Weights.Shape.EmbeddingDim - column);
            if (width < Slabs.Width)
            {
                Copy(source, padded, width);
                new Span<float>(padded + width, Slabs.Width - width).Clear();
                source = padded;
            }

            if (Weights.HalfFirst != null)
                HalfRows.Pack(_level, source, HalfGradient(slab) + ((long)row * HalfRows.Words));
            else
                Copy(source, Slabs.Row(FirstGradient.Pointer, _pass.Rows, slab, row), Slabs.Width);
        }
    }

    private static void Copy(float* source, float* target, int count) =>
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));

    private void SumBiases()
    {
        var hidden = Weights.HiddenBias.Gradient.Span[..Weights.HiddenBias.Length];
        var output = Weights.OutputBias.Gradient.Span[..Weights.OutputBias.Length];
        hidden.Clear();
        output.Clear();
        for (var block = 0; block < Blocks; block++)
        {
            var sums = _biasSums.Span.Slice(block * BiasWidth, BiasWidth);
            TensorPrimitives.Add(hidden, sums[..hidden.Length], hidden);
            TensorPrimitives.Add(output, sums[hidden.Length..], output);
        }
    }

    private void BackSecond(int block, int worker)
    {
        var (first, dim) = (block * SecondBlock, Weights.Shape.EmbeddingDim);
        var count = Math.Min(SecondBlock, Weights.Shape.HiddenDim - first);
        var target = Weights.Second.Gradient.Pointer + ((long)first * dim);
        Gemm.Multiply(_level, count, _pass.First.Pointer + first, 1, Weights.FirstWidth, _outputGradient, target, dim);
    }
}
