namespace TwoTower.Model;

/// <summary>Sizes of one tower: h = relu(x·w1 + b1); y = h·w2 + b2 (+ x·skip); embedding = y / max(‖y‖, 1e-12).</summary>
/// <param name="InputDim">Width of a dense feature row.</param>
/// <param name="HiddenDim">Units of the hidden layer; 0 leaves the linear part only, which then must be on.</param>
/// <param name="EmbeddingDim">Width of an embedding.</param>
/// <param name="LinearSkip">Adds x·skip to the output of the hidden layer.</param>
public sealed record TowerShape(int InputDim, int HiddenDim, int EmbeddingDim, bool LinearSkip)
{
    /// <exception cref="ArgumentException">A size is out of range, or the tower would have no weights.</exception>
    public void Validate()
    {
        if (InputDim < 1 || EmbeddingDim < 1 || HiddenDim < 0)
            throw new ArgumentException($"tower of {InputDim} inputs, {HiddenDim} hidden and {EmbeddingDim} outputs, expected at least 1, 0 and 1");
        if (HiddenDim == 0 && !LinearSkip)
            throw new ArgumentException("tower without hidden layer and without linear part, expected one of them");
    }
}
