using Retraining.Execution;

namespace Retraining.Features;

/// <summary>A schema's item segments made ready for writing rows.</summary>
internal sealed class ItemLayout
{
    private readonly List<(FeatureSegment Segment, int Offset, Vocabulary? Vocabulary)> _segments = [];

    /// <exception cref="PermanentStageException">A segment has a type, a number or a source that is not known.</exception>
    public ItemLayout(FeatureSpec spec)
    {
        foreach (var segment in spec.ItemSegments)
        {
            _segments.Add((segment, Width, Check(spec, segment)));
            Width += segment.Size;
        }
    }

    public int Width { get; private set; }

    public IReadOnlyList<(FeatureSegment Segment, int Offset, Vocabulary? Vocabulary)> Segments => _segments;

    /// <summary>The v2 item vector: price, recency, duration, tags, performers.</summary>
    /// <param name="reference">Newest release of the snapshot, which recency counts back from.</param>
    public static IReadOnlyList<FeatureSegment> V2Segments(IReadOnlyDictionary<string, Vocabulary> vocabularies, DateTimeOffset? reference) =>
    [
        new()
        {
            Name = "numeric", Size = 3, Type = SegmentType.StandardScore, Features = ["price", "recency_days", "duration_seconds"], Reference = reference,
        },
        FeatureLayout.Bag("tag_vector", SegmentType.L2NormalizedBow, "tag", vocabularies, "tags", norm: null),
        FeatureLayout.Bag("actress_vector", SegmentType.L2NormalizedBow, "actress", vocabularies, "performers", norm: null),
    ];

    private static Vocabulary? Check(FeatureSpec spec, FeatureSegment segment)
    {
        if (segment.Type is SegmentType.StandardScore or SegmentType.Log1pStandardScore)
        {
            foreach (var feature in segment.Features ?? [])
            {
                if (!spec.Normalizer.ItemNumeric.ContainsKey(feature))
                    throw new PermanentStageException($"{FeatureSpecFiles.NormalizerName}, item_numeric: no {feature}, expected its mean and std");
            }

            return segment.Features?.Count == segment.Size ? null : throw Wrong(segment, $"{segment.Features?.Count ?? 0} features", $"{segment.Size}");
        }

        if (segment.Type == SegmentType.HashedBow)
        {
            return segment is { Size: > 0, Hash: "fnv1a32", Tokenizer: TextTokens.Name }
                ? null
                : throw Wrong(
                    segment, $"{segment.Size} buckets, hash {segment.Hash} and tokenizer {segment.Tokenizer}", $"buckets, fnv1a32 and {TextTokens.Name}");
        }

        if (segment.Type == SegmentType.DenseVector)
        {
            return segment is { Size: > 1, From: "text_vector" or "image_vector" }
                ? null
                : throw Wrong(segment, $"{segment.Size} columns from {segment.From}", "2 or more from text_vector or image_vector");
        }

        if (segment.Type is not (SegmentType.L2NormalizedBow or SegmentType.OneHot))
            throw Wrong(segment, $"type {segment.Type}", "a known item type");
        var vocabulary = SegmentVocabulary.Of(spec, segment);
        return vocabulary.Count == segment.Size ? vocabulary : throw Wrong(segment, $"size {segment.Size}", $"{vocabulary.Count}");
    }

    private static PermanentStageException Wrong(FeatureSegment segment, string found, string expected) =>
        new($"{FeatureSpecFiles.SchemaName}, item segment {segment.Name}: {found}, expected {expected}");
}
