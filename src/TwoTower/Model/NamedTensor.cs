namespace TwoTower.Model;

/// <summary>One weight of the model by name. The values are the model's own array: writing to them changes the model.</summary>
/// <param name="Name">For example <c>user.w1</c>.</param>
/// <param name="Shape">Row-major sizes, one or two.</param>
/// <param name="Values">As many as the product of <paramref name="Shape"/>.</param>
public sealed record NamedTensor(string Name, IReadOnlyList<int> Shape, float[] Values);
