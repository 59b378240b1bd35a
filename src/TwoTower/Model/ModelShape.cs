namespace TwoTower.Model;

/// <summary>Sizes of both towers; they share the hidden width and the embedding width.</summary>
public sealed record ModelShape
{
    public required int UserInputDim { get; init; }
    public required int ItemInputDim { get; init; }

    /// <summary>0 leaves the linear part only.</summary>
    public int HiddenDim { get; init; } = 256;
    public int EmbeddingDim { get; init; } = 128;
    public bool LinearSkip { get; init; } = true;

    public TowerShape User => new(UserInputDim, HiddenDim, EmbeddingDim, LinearSkip);

    public TowerShape Item => new(ItemInputDim, HiddenDim, EmbeddingDim, LinearSkip);
}
