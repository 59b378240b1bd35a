namespace Retraining.Source;

/// <summary>What is wrong with one row.</summary>
/// <param name="Field">Name of the field, or <c>row</c> for the row as a whole.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What should be there.</param>
/// <param name="Raw">The row's own text as JSON where the source has one.</param>
public sealed record RowFault(string Field, string Found, string Expected, string? Raw = null);
