using System.Text.Json.Serialization;

namespace Retraining.Publish;

/// <summary>One line of a manifest's <c>files</c>.</summary>
/// <param name="Path">Relative to the version's folder.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="SizeBytes">Length of the content.</param>
public sealed record PublishedFile(
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("sha256")] string Sha256,
    [property: JsonPropertyName("size")] long SizeBytes);
