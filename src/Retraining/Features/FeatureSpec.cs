using Retraining.Artifacts;

namespace Retraining.Features;

/// <summary>All that turns a raw payload into a feature vector: schema, normaliser and vocabularies. Immutable.</summary>
public sealed record FeatureSpec
{
    /// <summary><c>v2</c> or <c>v3</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Recorded with every model; rises when a client must change.</summary>
    public required int InputSchemaVersion { get; init; }

    /// <summary>Names of the towers' ONNX inputs.</summary>
    public string UserInputName { get; init; } = "user_features";
    public string ItemInputName { get; init; } = "item_features";

    /// <summary>Width of the towers' output; 0 where a schema does not state it.</summary>
    public required int EmbeddingDim { get; init; }

    public required IReadOnlyList<FeatureSegment> UserSegments { get; init; }
    public required IReadOnlyList<FeatureSegment> ItemSegments { get; init; }
    public required Normalizer Normalizer { get; init; }

    /// <summary>By the name between <c>vocab_</c> and <c>.json</c>: <c>tag</c>, <c>actress</c>, <c>video</c>, ….</summary>
    public required IReadOnlyDictionary<string, Vocabulary> Vocabularies { get; init; }

    /// <summary>Width of a user row.</summary>
    public int UserInputDim => UserSegments.Sum(segment => segment.Size);

    /// <summary>Width of an item row.</summary>
    public int ItemInputDim => ItemSegments.Sum(segment => segment.Size);

    /// <summary>Columns of an item segment within the item row; empty when there is none of that name.</summary>
    public Range ItemColumns(string name) => Columns(ItemSegments, name);

    /// <summary>Columns of a user segment within the user row; empty when there is none of that name.</summary>
    public Range UserColumns(string name) => Columns(UserSegments, name);

    /// <summary>Reads the files of a run or of a published version, v2 or v3.</summary>
    /// <param name="folder">Where <c>feature_schema.json</c> lies, with its closing slash.</param>
    /// <exception cref="Execution.PermanentStageException">A file is missing, is not JSON, or does not fit the others.</exception>
    public static Task<FeatureSpec> ReadAsync(IArtifactStore store, string folder, CancellationToken cancellationToken) =>
        FeatureSpecFiles.ReadAsync(store, folder, cancellationToken);

    /// <summary>Reads the files that <paramref name="features"/> names.</summary>
    public static Task<FeatureSpec> ReadAsync(IArtifactStore store, FittedFeatures features, CancellationToken cancellationToken) =>
        FeatureSpecFiles.ReadAsync(store, features.Schema.Path[..^features.Schema.Name.Length], cancellationToken);

    private static Range Columns(IReadOnlyList<FeatureSegment> segments, string name)
    {
        var start = 0;
        foreach (var segment in segments)
        {
            if (segment.Name == name)
                return start..(start + segment.Size);
            start += segment.Size;
        }

        return 0..0;
    }
}
