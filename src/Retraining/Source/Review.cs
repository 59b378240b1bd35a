namespace Retraining.Source;

/// <summary>One row of a file of reviews.</summary>
/// <param name="Url">As it is written there.</param>
/// <param name="Product">The same in one spelling.</param>
/// <param name="Stars">0.5 to 5 in halves.</param>
/// <param name="At">When it was written; null where the file has no such column.</param>
internal sealed record Review(string Url, ProductUrl Product, string ReviewerId, double Stars, DateTimeOffset? At);
