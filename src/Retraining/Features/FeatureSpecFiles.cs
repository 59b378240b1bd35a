using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Features;

/// <summary>Writes and reads a <see cref="FeatureSpec"/> as the JSON files of the artifact set. Equal specs give equal bytes.</summary>
public static class FeatureSpecFiles
{
    public const string SchemaName = "feature_schema.json";
    public const string NormalizerName = "normalizer.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <param name="folder">With its closing slash, or empty.</param>
    public static async Task<FittedFeatures> WriteAsync(
        FeatureSpec spec, IArtifactStore store, string folder, CancellationToken cancellationToken)
    {
        var vocabularies = new List<ArtifactRef>();
        foreach (var (name, vocabulary) in spec.Vocabularies.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            vocabularies.Add(await WriteAsync(store, folder + VocabularyFile(name), new VocabularyJson(vocabulary.Tokens), cancellationToken));

        return new FittedFeatures
        {
            Version = spec.Version,
            Schema = await WriteAsync(store, folder + SchemaName, Schema(spec), cancellationToken),
            Normalizer = await WriteAsync(store, folder + NormalizerName, Scales(spec.Normalizer), cancellationToken),
            Vocabularies = vocabularies,
            UserInputDim = spec.UserInputDim,
            ItemInputDim = spec.ItemInputDim,
        };
    }

    /// <inheritdoc cref="FeatureSpec.ReadAsync(IArtifactStore, string, CancellationToken)"/>
    public static async Task<FeatureSpec> ReadAsync(IArtifactStore store, string folder, CancellationToken cancellationToken)
    {
        var schema = await ReadAsync<SchemaJson>(store, folder + SchemaName, cancellationToken);
        var normalizer = await ReadAsync<NormalizerJson>(store, folder + NormalizerName, cancellationToken);
        var segments = schema.Segments ?? throw new PermanentStageException($"{folder}{SchemaName}: no segments, expected at least one");

        var vocabularies = new SortedDictionary<string, Vocabulary>(StringComparer.Ordinal);
        foreach (var name in VocabularyNames([.. segments, .. schema.ItemSegments ?? []]))
        {
            var path = folder + VocabularyFile(name);
            var file = await ReadAsync<VocabularyJson>(store, path, cancellationToken);
            vocabularies[name] = Tokens(path, file);
        }

        var spec = new FeatureSpec
        {
            Version = schema.Version ?? "v2",
            InputSchemaVersion = schema.InputSchemaVersion ?? 2,
            UserInputName = schema.InputName ?? "user_features",
            ItemInputName = schema.ItemInputName ?? "item_features",
            EmbeddingDim = schema.EmbeddingDim ?? 0,
            UserSegments = segments,
            ItemSegments = schema.ItemSegments ?? ItemLayout.V2Segments(vocabularies, reference: null),
            Normalizer = new Normalizer { UserNumeric = Table(normalizer.UserNumeric), ItemNumeric = Table(normalizer.ItemNumeric) },
            Vocabularies = vocabularies,
        };
        RequireWidth(folder, "segments", spec.UserInputDim, schema.InputDim);
        RequireWidth(folder, "item_segments", spec.ItemInputDim, schema.ItemInputDim);
        return spec;
    }

    private static string VocabularyFile(string name) => $"vocab_{name}.json";

    private static IEnumerable<string> VocabularyNames(IEnumerable<FeatureSegment> segments) => segments
        .Where(segment => segment.Vocab is not null || segment.Type == SegmentType.L2NormalizedBow)
        .Select(SegmentVocabulary.NameOf)
        .Distinct(StringComparer.Ordinal);

    private static SchemaJson Schema(FeatureSpec spec) => new()
    {
        Version = spec.Version,
        InputSchemaVersion = spec.InputSchemaVersion,
        InputName = spec.UserInputName,
        InputDim = spec.UserInputDim,
        EmbeddingDim = spec.EmbeddingDim,
        Segments = spec.UserSegments,
        ItemInputName = spec.ItemInputName,
        ItemInputDim = spec.ItemInputDim,
        ItemSegments = spec.ItemSegments,
    };

    private static Vocabulary Tokens(string path, VocabularyJson file)
    {
        try
        {
            return new Vocabulary(file.Tokens ?? throw new PermanentStageException($"{path}: no tokens, expected an array of strings"));
        }
        catch (ArgumentException error)
        {
            throw new PermanentStageException($"{path}: {error.Message}", error);
        }
    }

    private static void RequireWidth(string folder, string field, int found, int? stated)
    {
        if (stated is { } expected && expected != found)
            throw new PermanentStageException($"{folder}{SchemaName}: {field} add up to {found} columns, expected the stated {expected}");
    }

    private static NormalizerJson Scales(Normalizer normalizer) => new(Rows(normalizer.UserNumeric), Rows(normalizer.ItemNumeric));

    private static SortedDictionary<string, ScaleJson> Rows(IReadOnlyDictionary<string, Standardization> table) =>
        new(table.ToDictionary(entry => entry.Key, entry => new ScaleJson(entry.Value.Mean, entry.Value.Std)), StringComparer.Ordinal);

    private static Dictionary<string, Standardization> Table(SortedDictionary<string, ScaleJson>? rows) =>
        (rows ?? []).ToDictionary(row => row.Key, row => new Standardization(row.Value.Mean, row.Value.Std), StringComparer.Ordinal);

    private static Task<ArtifactRef> WriteAsync<T>(IArtifactStore store, string path, T content, CancellationToken cancellationToken) =>
        store.WriteAsync(path, (stream, token) => JsonSerializer.SerializeAsync(stream, content, Json, token), WriteOptions.Private, cancellationToken);

    private static async Task<T> ReadAsync<T>(IArtifactStore store, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await store.OpenReadAsync(path, cancellationToken);
            return await JsonSerializer.DeserializeAsync<T>(stream, Json, cancellationToken)
                ?? throw new PermanentStageException($"{path}: null, expected a JSON object");
        }
        catch (JsonException error)
        {
            throw new PermanentStageException($"{path}: {error.Message}", error);
        }
        catch (ArtifactNotFoundException error)
        {
            throw new PermanentStageException(error.Message, error);
        }
    }

    private sealed record VocabularyJson(IReadOnlyList<string>? Tokens);

    private sealed record ScaleJson(double Mean, double Std);

    private sealed record NormalizerJson(SortedDictionary<string, ScaleJson>? UserNumeric, SortedDictionary<string, ScaleJson>? ItemNumeric);

    private sealed record SchemaJson
    {
        public string? Version { get; init; }
        public int? InputSchemaVersion { get; init; }
        public string? InputName { get; init; }
        public int? InputDim { get; init; }
        public int? EmbeddingDim { get; init; }
        public IReadOnlyList<FeatureSegment>? Segments { get; init; }
        public string? ItemInputName { get; init; }
        public int? ItemInputDim { get; init; }
        public IReadOnlyList<FeatureSegment>? ItemSegments { get; init; }
    }
}
