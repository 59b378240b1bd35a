using Retraining.Execution;

namespace Retraining.Features;

/// <summary>The numbers that item segments are made of, by the name that <c>feature_schema.json</c> gives them.</summary>
internal static class ItemNumber
{
    /// <param name="reference">Ages count back from here.</param>
    /// <returns>null when the payload does not say it.</returns>
    public static double? Of(string feature, ItemPayload payload, DateTimeOffset? reference) => feature switch
    {
        "price" or "price_log1p" => payload.Price,
        "duration_seconds" => payload.DurationSeconds,
        "recency_days" or "release_age_days_log1p" => (reference - payload.ProductReleasedAt)?.TotalDays,
        "positive_count_log1p" => payload.PositiveCount,
        _ => throw new PermanentStageException($"{FeatureSpecFiles.SchemaName}: item feature {feature}, expected a known one"),
    };
}
