using System.Text.Json;
using System.Text.Json.Serialization;

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
}
