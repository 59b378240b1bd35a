using System.ComponentModel.DataAnnotations;

namespace Retraining.Source;

/// <summary>Where the data comes from.</summary>
public sealed record SourceSettings
{
    /// <summary><c>files</c> or <c>postgres</c>.</summary>
    [AllowedValues("files", "postgres")]
    public string Kind { get; init; } = "files";

    /// <summary>For <c>files</c>: a folder with profiles.json, videos_subset.json or videos.json, and user_video_decisions.json.</summary>
    public string? Folder { get; init; }

    /// <summary>Decision types that count as positive; every other one is negative.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> PositiveDecisions { get; init; } = ["like", "swipe_like", "grid_like"];

    /// <summary>Replace user ids by HMAC-SHA-256 before anything is written; the key comes from the environment.</summary>
    public bool PseudonymiseUsers { get; init; }
}
