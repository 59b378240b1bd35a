using Retraining.Execution;

namespace Retraining.Publish;

/// <summary>Where things are in the publish store.</summary>
public static class PublishPaths
{
    public const string ManifestName = "manifest.json";

    /// <summary><c>two-tower/v3/{version}/</c>: immutable.</summary>
    /// <exception cref="PermanentStageException"><paramref name="version"/> is not a version name.</exception>
    public static string VersionFolder(string prefix, string version) => VersionName.IsValid(version)
        ? $"{prefix.Trim('/')}/{version}/"
        : throw new PermanentStageException($"version '{version}': not a version name, expected yyyyMMdd_HHmmss");

    /// <summary><c>two-tower/v3/current/</c>: what readers start from.</summary>
    public static string CurrentFolder(string prefix) => $"{prefix.Trim('/')}/current/";

    /// <summary>Where older readers look, by name of the file in the version: <c>models/two_tower_latest.onnx</c>.</summary>
    public static IReadOnlyList<(string File, string Extension)> LegacyModels { get; } =
        [("two_tower.onnx", "onnx"), ("model.safetensors", "safetensors"), ("model_meta.json", "json")];

    public static string LegacyModel(string name, string extension) => $"models/two_tower_{name}.{extension}";
}
