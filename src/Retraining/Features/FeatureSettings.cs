using System.ComponentModel.DataAnnotations;

namespace Retraining.Features;

/// <summary>Layout and caps of the feature vectors.</summary>
public sealed record FeatureSettings
{
    /// <summary><c>v2</c> (what deployed Edge Functions build) or <c>v3</c>.</summary>
    [AllowedValues("v2", "v3")]
    public string Version { get; init; } = "v3";

    /// <summary>Tags seen in fewer videos are left out.</summary>
    [Range(1, int.MaxValue)]
    public int MinTagFreq { get; init; } = 3;
    [Range(0, 32_768)]
    public int MaxTagVocab { get; init; } = 512;
    [Range(1, int.MaxValue)]
    public int MinActressFreq { get; init; } = 2;
    [Range(0, 32_768)]
    public int MaxActressVocab { get; init; } = 256;

    /// <summary>v3: most videos in the bag of liked videos and in the item tower's id one-hot.</summary>
    [Range(0, 32_768)]
    public int MaxVideoVocab { get; init; } = 16384;

    /// <summary>v3: fewest positives of a video to get a place in the vocabulary.</summary>
    [Range(1, int.MaxValue)]
    public int MinVideoFreq { get; init; } = 2;
    [Range(0, 32_768)]
    public int MaxMakerVocab { get; init; } = 1024;
    [Range(0, 32_768)]
    public int MaxLabelVocab { get; init; } = 512;
    [Range(0, 32_768)]
    public int MaxSeriesVocab { get; init; } = 512;
    [Range(0, 32_768)]
    public int MaxSourceVocab { get; init; } = 64;

    /// <summary>v3: fewest videos of a maker, label, series or source to get a place in its vocabulary.</summary>
    [Range(1, int.MaxValue)]
    public int MinAttributeFreq { get; init; } = 2;

    /// <summary>v3: a like that is d days older than the newest counts 2^(-d / this) in the bag of liked videos; 0: all count the same.</summary>
    [Range(0.0, 36_500.0)]
    public double HistoryHalfLifeDays { get; init; } = 365;

    /// <summary>v3: how the bag of liked videos is scaled: <c>l2</c> (unit length) or <c>sum</c> (a mean).</summary>
    [AllowedValues("l2", "sum")]
    public string HistoryNorm { get; init; } = "l2";

    /// <summary>v3: how the distributions and histograms are scaled: <c>sum</c> or <c>l2</c>.</summary>
    [AllowedValues("l2", "sum")]
    public string DistributionNorm { get; init; } = "sum";

    /// <summary>v3: most price bands; their edges are quantiles of the catalogue's prices.</summary>
    [Range(1, 1_024)]
    public int MaxPriceBands { get; init; } = 8;

    /// <summary>v3: hash buckets for the character n-grams of title and description; 0 leaves them out.</summary>
    [Range(0, 32_768)]
    public int TextBuckets { get; init; } = 1024;
}
