namespace Retraining.Source;

/// <summary>A product that reviews speak of and that is no video.</summary>
/// <param name="ProductUrl">In one spelling: without scheme.</param>
/// <param name="Rows">Reviews of it.</param>
public sealed record UnknownProduct(string ProductUrl, long Rows);
