using Retraining.Execution;

namespace Retraining.Features;

/// <summary>Finds the vocabulary that a segment names.</summary>
internal static class SegmentVocabulary
{
    /// <exception cref="PermanentStageException">There is none of that name.</exception>
    public static Vocabulary Of(FeatureSpec spec, FeatureSegment segment)
    {
        var name = NameOf(segment);
        return spec.Vocabularies.TryGetValue(name, out var vocabulary)
            ? vocabulary
            : throw new PermanentStageException(
                $"{FeatureSpecFiles.SchemaName}, segment {segment.Name}: vocabulary {name}, expected one of {string.Join(", ", spec.Vocabularies.Keys)}");
    }

    /// <summary><c>vocab_tag.json</c>, <c>tag</c> or, without it, <c>tag_vector</c>: <c>tag</c>.</summary>
    public static string NameOf(FeatureSegment segment)
    {
        var name = segment.Vocab ?? segment.Name.Replace("_vector", "", StringComparison.Ordinal);
        return name.Replace("vocab_", "", StringComparison.Ordinal).Replace(".json", "", StringComparison.Ordinal);
    }
}
