using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>One tower's weights in the layout that training works on: w1 and skip as slabs side by side, the rest row-major.</summary>
/// <param name="shape">Sizes.</param>
/// <param name="first">How the first layer is kept.</param>
internal sealed unsafe class TowerWeights(TowerShape shape, FirstLayer first)
{
    private float* _hidden;
    private float* _skip;

    public TowerShape Shape { get; } = shape;

    /// <summary>Slabs of w1.</summary>
    public int HiddenSlabs { get; } = Slabs.Count(shape.HiddenDim);

    /// <summary>Slabs of w1, then of the skip.</summary>
    public int AllSlabs { get; } = CountSlabs(shape);

    /// <summary>Hidden units with padding.</summary>
    public int HiddenWidth => HiddenSlabs * Slabs.Width;

    /// <summary>Columns of the first layer with padding.</summary>
    public int FirstWidth => AllSlabs * Slabs.Width;

    /// <summary>[AllSlabs, input_dim, 64].</summary>
    public Parameter First { get; } =
        new(first == FirstLayer.InPlace ? 0 : (long)CountSlabs(shape) * shape.InputDim * Slabs.Width, true, first >= FirstLayer.Trained);

    /// <summary>[AllSlabs, input_dim, 32] words: <see cref="First"/> at half the width; null where it is read at its full width.</summary>
    public FloatBuffer? HalfFirst { get; } =
        first == FirstLayer.Trained ? new((long)CountSlabs(shape) * shape.InputDim * HalfRows.Words) : null;

    /// <summary>[HiddenWidth].</summary>
    public Parameter HiddenBias { get; } = new(Slabs.Count(shape.HiddenDim) * Slabs.Width, decays: false, first >= FirstLayer.Trained);

    /// <summary>Row-major [hidden_dim, embedding_dim].</summary>
    public Parameter Second { get; } = new((long)shape.HiddenDim * shape.EmbeddingDim, decays: true, first >= FirstLayer.Trained);

    /// <summary>[embedding_dim].</summary>
    public Parameter OutputBias { get; } = new(shape.EmbeddingDim, decays: false, first >= FirstLayer.Trained);

    /// <summary>Whether a tower's first layer can be read where it lies: its rows are whole slabs.</summary>
    public static bool CanReadInPlace(TowerShape shape) =>
        shape.HiddenDim % Slabs.Width == 0 && (!shape.LinearSkip || shape.EmbeddingDim % Slabs.Width == 0);

    /// <summary>The 64 columns of a slab and the distance between their rows.</summary>
    public float* FirstColumns(int slab, out long stride)
    {
        if (_hidden == null && _skip == null)
        {
            stride = Slabs.Width;
            return Slabs.Row(First.Weight.Pointer, Shape.InputDim, slab, 0);
        }

        stride = slab < HiddenSlabs ? Shape.HiddenDim : Shape.EmbeddingDim;
        return slab < HiddenSlabs ? _hidden + (slab * Slabs.Width) : _skip + ((slab - HiddenSlabs) * Slabs.Width);
    }

    /// <summary>Takes the small weights of a tower and reads its first layer in place.</summary>
    /// <param name="source">Of a shape that can be read in place.</param>
    /// <param name="hidden">Its w1, pinned for as long as this object is used.</param>
    /// <param name="skip">Its skip, likewise.</param>
    public void ReadFrom(Tower source, float* hidden, float* skip)
    {
        _hidden = hidden;
        _skip = skip;
        LoadSmall(source, parameter => parameter.Weight);
    }

    /// <summary>Fills one part of every parameter (weights or a moment).</summary>
    public void Load(Tower source, Func<Parameter, FloatBuffer> part)
    {
        var slabs = part(First).Pointer;
        Slabs.Pack(source.W1, Shape.InputDim, Shape.HiddenDim, slabs);
        if (Shape.LinearSkip)
            Slabs.Pack(source.Skip, Shape.InputDim, Shape.EmbeddingDim, Slabs.Row(slabs, Shape.InputDim, HiddenSlabs, 0));
        LoadSmall(source, part);
        for (var row = 0L; HalfFirst != null && row < (long)AllSlabs * Shape.InputDim; row++)
            HalfRows.Pack(SimdLevel.Portable, First.Weight.Pointer + (row * Slabs.Width), HalfColumns(0) + (row * HalfRows.Words));
    }

    /// <summary>A slab of <see cref="HalfFirst"/>.</summary>
    public int* HalfColumns(int slab) => (int*)HalfFirst!.Pointer + ((long)slab * Shape.InputDim * HalfRows.Words);

    /// <summary>The way back from <see cref="Load"/>.</summary>
    public void Store(Tower target, Func<Parameter, FloatBuffer> part)
    {
        var slabs = part(First).Pointer;
        Slabs.Unpack(slabs, Shape.InputDim, Shape.HiddenDim, target.W1);
        if (Shape.LinearSkip)
            Slabs.Unpack(Slabs.Row(slabs, Shape.InputDim, HiddenSlabs, 0), Shape.InputDim, Shape.EmbeddingDim, target.Skip);
        part(HiddenBias).Span[..target.B1.Length].CopyTo(target.B1);
        part(Second).Span[..target.W2.Length].CopyTo(target.W2);
        part(OutputBias).Span[..target.B2.Length].CopyTo(target.B2);
    }

    private static int CountSlabs(TowerShape shape) =>
        Slabs.Count(shape.HiddenDim) + (shape.LinearSkip ? Slabs.Count(shape.EmbeddingDim) : 0);

    private void LoadSmall(Tower source, Func<Parameter, FloatBuffer> part)
    {
        source.B1.CopyTo(part(HiddenBias).Span);
        source.W2.CopyTo(part(Second).Span);
        source.B2.CopyTo(part(OutputBias).Span);
    }
}
