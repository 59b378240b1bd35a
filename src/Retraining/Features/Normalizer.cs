namespace Retraining.Features;

/// <summary>Statistics of the standardised numbers: <c>normalizer.json</c>.</summary>
public sealed record Normalizer
{
    public required IReadOnlyDictionary<string, Standardization> UserNumeric { get; init; }
    public required IReadOnlyDictionary<string, Standardization> ItemNumeric { get; init; }
}
