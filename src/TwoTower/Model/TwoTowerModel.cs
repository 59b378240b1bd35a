namespace TwoTower.Model;

/// <summary>A user tower and an item tower into one space; the score of a pair is the dot product of the two unit vectors.</summary>
public sealed class TwoTowerModel
{
    /// <summary>All weights 0.</summary>
    public TwoTowerModel(ModelShape shape)
    {
        Shape = shape;
        User = new Tower(shape.User);
        Item = new Tower(shape.Item);
    }

    public ModelShape Shape { get; }

    public Tower User { get; }

    public Tower Item { get; }

    /// <summary>Every weight by name, in a fixed order: <c>user.*</c>, then <c>item.*</c>. The arrays are the model's own.</summary>
    public IEnumerable<NamedTensor> Tensors => User.Tensors("user").Concat(Item.Tensors("item"));

    /// <summary>A model of random weights; the same seed gives the same weights.</summary>
    public static TwoTowerModel Create(ModelShape shape, int seed, ModelInitialisation? initialisation = null)
    {
        var model = new TwoTowerModel(shape);
        WeightDraw.Fill(model.User, seed, stream: 1, initialisation ?? new());
        WeightDraw.Fill(model.Item, seed, stream: 2, initialisation ?? new());
        return model;
    }

    /// <summary>A model with the given weights.</summary>
    /// <param name="shape">Sizes that the tensors must have.</param>
    /// <param name="tensors">Every tensor of the shape, by name, in any order.</param>
    /// <exception cref="ArgumentException">A tensor is missing, unknown or of another shape.</exception>
    public static TwoTowerModel FromTensors(ModelShape shape, IEnumerable<NamedTensor> tensors)
    {
        var model = new TwoTowerModel(shape);
        var own = model.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var given in tensors)
        {
            if (!own.Remove(given.Name, out var target))
            {
                throw new ArgumentException(
                    $"tensor {given.Name}: unknown or given twice, expected one of {string.Join(", ", model.Tensors.Select(t => t.Name))}");
            }

            if (!given.Shape.SequenceEqual(target.Shape))
            {
                throw new ArgumentException(
                    $"tensor {given.Name}: shape [{string.Join(", ", given.Shape)}], expected [{string.Join(", ", target.Shape)}]");
            }

            given.Values.CopyTo(target.Values.AsSpan());
        }

        return own.Count == 0 ? model : throw new ArgumentException($"tensors missing: {string.Join(", ", own.Keys.Order(StringComparer.Ordinal))}");
    }

    /// <summary>Reads the shape off the tensors.</summary>
    /// <exception cref="ArgumentException">A tensor is missing, unknown or of a shape that fits no model.</exception>
    public static TwoTowerModel FromTensors(IReadOnlyCollection<NamedTensor> tensors)
    {
        int Size(string name, int axis) => tensors.FirstOrDefault(tensor => tensor.Name == name) is { } tensor && tensor.Shape.Count > axis
            ? tensor.Shape[axis]
            : throw new ArgumentException($"tensor {name}: missing or without axis {axis}");

        var hasSkip = tensors.Any(tensor => tensor.Name == "user.skip");
        var hasHidden = tensors.Any(tensor => tensor.Name == "user.w1");
        var first = hasHidden ? "w1" : "skip";
        var shape = new ModelShape
        {
            UserInputDim = Size($"user.{first}", 0),
            ItemInputDim = Size($"item.{first}", 0),
            HiddenDim = hasHidden ? Size("user.b1", 0) : 0,
            EmbeddingDim = Size("user.b2", 0),
            LinearSkip = hasSkip,
        };
        return FromTensors(shape, tensors);
    }

    /// <summary>A copy with its own arrays.</summary>
    public TwoTowerModel Clone()
    {
        var copy = new TwoTowerModel(Shape);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Overwrites every weight.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyFrom(TwoTowerModel other)
    {
        if (other.Shape != Shape)
            throw new ArgumentException($"model of shape {other.Shape}, expected {Shape}");
        foreach (var (target, source) in Tensors.Zip(other.Tensors))
            source.Values.CopyTo(target.Values.AsSpan());
    }
}
