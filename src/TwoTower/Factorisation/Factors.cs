namespace TwoTower.Factorisation;

/// <summary>Factors of both sides: the score of a pair is their dot product, near 1 for a liked item and near 0 for others.</summary>
/// <param name="Users">Row-major [users, Dim]; zeros for a user without items.</param>
/// <param name="Items">Row-major [items, Dim]; zeros for an item that nobody has.</param>
/// <param name="Dim">Width of a factor.</param>
public sealed record Factors(float[] Users, float[] Items, int Dim);
