namespace Retraining.Features;

/// <summary>One run of columns of a feature vector, as <c>feature_schema.json</c> states it. Segments lie one after the other.</summary>
/// <remarks>All that a client needs to build the columns is here, in <c>normalizer.json</c> and in the vocabulary that it names.</remarks>
public sealed record FeatureSegment
{
    public required string Name { get; init; }

    /// <summary>Columns.</summary>
    public required int Size { get; init; }

    /// <summary>One of <see cref="SegmentType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Names of the numbers, in column order; keys of <c>normalizer.json</c> for the standardised types.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>For <see cref="SegmentType.ScaledBucket"/>: lowest and highest value; the column is (x - lowest) / (highest - lowest).</summary>
    public IReadOnlyList<double>? Range { get; init; }

    /// <summary>File of the vocabulary: <c>vocab_tag.json</c>. Column = position of the token; unknown tokens have no column.</summary>
    public string? Vocab { get; init; }

    /// <summary>Field of the payload that is counted: <c>tags</c>, <c>liked_videos.maker</c>, …</summary>
    public string? From { get; init; }

    /// <summary><c>l2</c>: divided by the Euclidean length; <c>sum</c>: divided by the sum. Both over this segment's columns; all zeros stay so.</summary>
    public string? Norm { get; init; }

    /// <summary>
    /// For liked videos and their attributes: one that is d days older than the newest counts 2^(-d / half_life_days); absent: all count 1.
    /// </summary>
    public double? HalfLifeDays { get; init; }

    /// <summary>For price bands: ascending edges; column = number of edges that are not above the price.</summary>
    public IReadOnlyList<double>? Edges { get; init; }

    /// <summary>Length in days of the window that counts back from as_of; its start is outside.</summary>
    public double? WindowDays { get; init; }

    /// <summary>For hashed text: <c>fnv1a32</c> of the token's UTF-8; column = hash modulo size.</summary>
    public string? Hash { get; init; }

    /// <summary>For hashed text: how tokens are cut, see <see cref="TextTokens"/>.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>For ages: the moment that they count back from.</summary>
    public DateTimeOffset? Reference { get; init; }
}
