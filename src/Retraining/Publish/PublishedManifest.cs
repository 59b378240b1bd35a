using System.Text.Json;
using System.Text.Json.Serialization;
using Retraining.Execution;

namespace Retraining.Publish;

/// <summary>What readers of <c>manifest.json</c> rely on.</summary>
public sealed record PublishedManifest
{
    [JsonPropertyName("version")]
    public required string Version { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of the code that made it; null when unknown.</summary>
    [JsonPropertyName("commit_sha")]
    public string? CommitSha { get; init; }

    [JsonPropertyName("input_schema_version")]
    public required int InputSchemaVersion { get; init; }

    [JsonPropertyName("embedding_dim")]
    public required int EmbeddingDim { get; init; }

    [JsonPropertyName("previous_version")]
    public string? PreviousVersion { get; init; }

    [JsonPropertyName("model_meta")]
    public JsonElement ModelMeta { get; init; }

    [JsonPropertyName("files")]
    public required IReadOnlyList<PublishedFile> Files { get; init; }

    /// <summary>As <c>model_meta</c> tells it; empty where it does not.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, double> FeatureImportance =>
        ModelMeta.ValueKind == JsonValueKind.Object && ModelMeta.TryGetProperty("feature_importance", out var importance)
            ? importance.Deserialize<Dictionary<string, double>>()!
            : new Dictionary<string, double>();

    /// <summary>Version that challengers are held against beside this one, as <c>model_meta</c> tells; null where it does not.</summary>
    [JsonIgnore]
    public string? ReferenceVersion =>
        ModelMeta.ValueKind == JsonValueKind.Object && ModelMeta.TryGetProperty("reference_version", out var reference)
        && reference.ValueKind == JsonValueKind.String
            ? reference.GetString()
            : null;

    /// <summary>Its users are kept under pseudonyms, as <c>model_meta</c> tells; a version that does not say is of a time without them.</summary>
    [JsonIgnore]
    public bool PseudonymisedUsers =>
        ModelMeta.ValueKind == JsonValueKind.Object && ModelMeta.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
        && data.TryGetProperty("pseudonymised_users", out var pseudonymised) && pseudonymised.ValueKind == JsonValueKind.True;

    /// <summary>Nothing that a reader builds paths or buffers from is believed unseen.</summary>
    /// <param name="where">Path of the manifest, for the message.</param>
    /// <exception cref="PermanentStageException">A member is out of its range; the message names it.</exception>
    internal PublishedManifest Checked(string where)
    {
        Require(VersionName.IsValid(Version), where, "version", Version, "yyyyMMdd_HHmmss");
        Require(PreviousVersion is null || VersionName.IsValid(PreviousVersion), where, "previous_version", PreviousVersion, "null or yyyyMMdd_HHmmss");
        var reference = ReferenceVersion;
        var isVersion = reference is null || VersionName.IsValid(reference);
        Require(isVersion, where, "model_meta.reference_version", reference, "null or yyyyMMdd_HHmmss");
        Require(EmbeddingDim is >= 1 and <= 65_536, where, "embedding_dim", EmbeddingDim, "1 to 65536");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Files.Count; i++)
        {
            var file = Files[i];
            Require(file is not null, where, $"files[{i}]", "null", "an object");
            Require(IsFileName(file!.Path) && names.Add(file.Path), where, $"files[{i}].path", file.Path, "a plain file name that occurs once");
            var isHash = file.Sha256 is { Length: 64 } hash && hash.All(char.IsAsciiHexDigitLower);
            Require(isHash, where, $"files[{i}].sha256", file.Sha256, "64 lower-case hex digits");
            Require(file.SizeBytes >= 0, where, $"files[{i}].size", file.SizeBytes, "0 or more");
        }

        return this;
    }

    private static bool IsFileName(string? path) => !string.IsNullOrEmpty(path)
        && path[0] != '.' && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static void Require(bool holds, string where, string field, object? found, string expected)
    {
        if (!holds)
            throw new PermanentStageException($"{where}, {field}: '{found}', expected {expected}");
    }
}
