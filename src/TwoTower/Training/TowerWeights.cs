using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>One tower's weights in the layout that training works on: w1 and skip as slabs side by side, the rest row-major.</summary>
/// <param name="shape">Sizes.</param>
/// <param name="trains">Keeps moments.</param>
internal sealed class TowerWeights(TowerShape shape, bool trains)
{
    public TowerShape Shape { get; } = shape;

    /// <summary>Slabs of w1.</summary>
    public int HiddenSlabs { get; } = Slabs.Count(shape.HiddenDim);

    /// <summary>Slabs of w1, then of the skip.</summary>
    public int AllSlabs { get; } = Slabs.Count(shape.HiddenDim) + (shape.LinearSkip ? Slabs.Count(shape.EmbeddingDim) : 0);

    /// <summary>Hidden units with padding.</summary>
    public int HiddenWidth => HiddenSlabs * Slabs.Width;

    /// <summary>Columns of the first layer with padding.</summary>
    public int FirstWidth => AllSlabs * Slabs.Width;

    /// <summary>[AllSlabs, input_dim, 64].</summary>
    public Parameter First { get; } = new(
        (long)(Slabs.Count(shape.HiddenDim) + (shape.LinearSkip ? Slabs.Count(shape.EmbeddingDim) : 0)) * shape.InputDim * Slabs.Width, decays: true, trains);

    /// <summary>[HiddenWidth].</summary>
    public Parameter HiddenBias { get; } = new(Slabs.Count(shape.HiddenDim) * Slabs.Width, decays: false, trains);

    /// <summary>Row-major [hidden_dim, embedding_dim].</summary>
    public Parameter Second { get; } = new((long)shape.HiddenDim * shape.EmbeddingDim, decays: true, trains);

    /// <summary>[embedding_dim].</summary>
    public Parameter OutputBias { get; } = new(shape.EmbeddingDim, decays: false, trains);

    /// <summary>Fills one part of every parameter (weights or a moment).</summary>
    public unsafe void Load(Tower source, Func<Parameter, FloatBuffer> part)
    {
        var first = part(First).Pointer;
        Slabs.Pack(source.W1, Shape.InputDim, Shape.HiddenDim, first);
        if (Shape.LinearSkip)
            Slabs.Pack(source.Skip, Shape.InputDim, Shape.EmbeddingDim, Slabs.Row(first, Shape.InputDim, HiddenSlabs, 0));
        source.B1.CopyTo(part(HiddenBias).Span);
        source.W2.CopyTo(part(Second).Span);
        source.B2.CopyTo(part(OutputBias).Span);
    }

    /// <summary>The way back from <see cref="Load"/>.</summary>
    public unsafe void Store(Tower target, Func<Parameter, FloatBuffer> part)
    {
        var first = part(First).Pointer;
        Slabs.Unpack(first, Shape.InputDim, Shape.HiddenDim, target.W1);
        if (Shape.LinearSkip)
            Slabs.Unpack(Slabs.Row(first, Shape.InputDim, HiddenSlabs, 0), Shape.InputDim, Shape.EmbeddingDim, target.Skip);
        part(HiddenBias).Span[..target.B1.Length].CopyTo(target.B1);
        part(Second).Span[..target.W2.Length].CopyTo(target.W2);
        part(OutputBias).Span[..target.B2.Length].CopyTo(target.B2);
    }
}
