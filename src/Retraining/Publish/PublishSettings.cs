using System.ComponentModel.DataAnnotations;

namespace Retraining.Publish;

/// <summary>Where versions are published.</summary>
public sealed record PublishSettings
{
    /// <summary><c>folder</c>, <c>azure-blob</c> or <c>supabase</c>; addresses and keys come from the environment.</summary>
    [AllowedValues("folder", "azure-blob", "supabase")]
    public string Kind { get; init; } = "folder";

    /// <summary>For <c>folder</c>.</summary>
    public string Folder { get; init; } = ".local/model-artifacts";

    /// <summary>Container or bucket, for the stores that have one.</summary>
    public string Container { get; init; } = "model-artifacts";

    /// <summary>Prefix of versions and <c>current/</c>.</summary>
    public string Prefix { get; init; } = "two-tower/v3";

    /// <summary>
    /// Versions kept; older ones are removed when a new one goes live, but never the live one, the one before it or the gate's reference. 0
    /// keeps all.
    /// </summary>
    [Range(0, 100_000)]
    public int KeepVersions { get; init; } = 26;
}
