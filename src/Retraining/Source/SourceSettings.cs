using System.ComponentModel.DataAnnotations;

namespace Retraining.Source;

/// <summary>Where the data comes from.</summary>
public sealed record SourceSettings
{
    /// <summary><c>files</c>, <c>postgres</c>, <c>supabase</c> (its address and key come from the environment) or <c>reviews</c>.</summary>
    [AllowedValues("files", "postgres", "supabase", "reviews")]
    public string Kind { get; init; } = "files";

    /// <summary>For <c>files</c>: a folder with profiles, videos_subset or videos, and user_video_decisions, each as .json or .parquet.</summary>
    public string? Folder { get; init; }

    /// <summary>For <c>supabase</c>: most rows a request; the server may give fewer.</summary>
    [Range(1, 100_000)]
    public int PageSize { get; init; } = 1000;

    /// <summary>
    /// For <c>supabase</c>: every so many runs tables are read whole, which finds the rows that are gone; in between only rows that changed
    /// are fetched, where a table says when. 1 reads all tables whole each time.
    /// </summary>
    [Range(1, 1000)]
    public int FullSyncEvery { get; init; } = 4;

    /// <summary>
    /// For <c>supabase</c>: how far before the newest change that was read the next sync begins, in hours: changes may arrive so late.
    /// </summary>
    [Range(0, 8760)]
    public int WatermarkOverlapHours { get; init; } = 24;

    /// <summary>For <c>supabase</c>: videos and profiles from get_item_embedding_feature_batch and get_user_embedding_feature_batch instead of their tables.</summary>
    public bool UseRpc { get; init; }

    /// <summary>Decision types that count as positive; every other one is negative.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> PositiveDecisions { get; init; } = ["like", "swipe_like", "grid_like"];

    /// <summary>CSV of product_url, reviewer_id, stars: a file, or a pattern such as reviews/*.csv. With another kind, reviews are added to its decisions.</summary>
    public string? Reviews { get; init; }

    /// <summary>For <c>reviews</c>: where the videos come from: <c>files</c>, <c>postgres</c>, <c>supabase</c> or <c>none</c> (all are new ones).</summary>
    [AllowedValues("files", "postgres", "supabase", "none")]
    public string ReviewVideos { get; init; } = "postgres";

    /// <summary>Make a new video of a product that reviews speak of and that no video has; otherwise such reviews are counted and left out.</summary>
    public bool IngestUnknown { get; init; }

    /// <summary>A review of so many stars or more is positive, in [0.5, 5].</summary>
    [Range(0.5, 5)]
    public double PositiveStars { get; init; } = 4;

    /// <summary>Whether a review's weight is multiplied by stars / 5.</summary>
    public bool WeightByStars { get; init; }

    /// <summary>Weight of a review, greater than 0.</summary>
    [Range(0, 1000, MinimumIsExclusive = true)]
    public double ReviewWeight { get; init; } = 1;

    /// <summary>Weight of a decision where there are reviews too, greater than 0.</summary>
    [Range(0, 1000, MinimumIsExclusive = true)]
    public double DecisionWeight { get; init; } = 1;

    /// <summary>Day of the reviews whose file has no date column; without it, the day on which the file was last written.</summary>
    public DateOnly? ReviewsDate { get; init; }

    /// <summary>
    /// Most numbers of a video's text_vector and image_vector; wider ones are put aside. 0 reads none. Memory: 4 bytes a number for each video,
    /// and 8 more where item features are held.
    /// </summary>
    [Range(0, 4096)]
    public int MaxVectorWidth { get; init; } = 1024;

    /// <summary>Replace user ids by HMAC-SHA-256 before anything is written; the key comes from the environment.</summary>
    public bool PseudonymiseUsers { get; init; }
}
