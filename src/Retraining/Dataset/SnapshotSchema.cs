using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Columns of a snapshot's three files. Timestamps are unix milliseconds, UTC.</summary>
internal static class SnapshotSchema
{
    public static readonly ParquetSchema Profiles = new(
        ParquetField.Required("user_id", ParquetType.String),
        ParquetField.Optional("display_name", ParquetType.String),
        ParquetField.Optional("created_at", ParquetType.Timestamp));

    public static readonly ParquetSchema Videos = new(
        ParquetField.Required("id", ParquetType.String),
        ParquetField.Optional("external_id", ParquetType.String),
        ParquetField.Optional("title", ParquetType.String),
        ParquetField.Optional("description", ParquetType.String),
        ParquetField.Optional("duration_seconds", ParquetType.Int32),
        ParquetField.Optional("price", ParquetType.Double),
        ParquetField.Optional("maker", ParquetType.String),
        ParquetField.Optional("label", ParquetType.String),
        ParquetField.Optional("series", ParquetType.String),
        ParquetField.Optional("director", ParquetType.String),
        ParquetField.Optional("source", ParquetType.String),
        ParquetField.Optional("product_url", ParquetType.String),
        ParquetField.Optional("thumbnail_url", ParquetType.String),
        ParquetField.Optional("product_released_at", ParquetType.Timestamp),
        ParquetField.Optional("distribution_started_at", ParquetType.Timestamp),
        ParquetField.Optional("published_at", ParquetType.Timestamp),
        ParquetField.Optional("created_at", ParquetType.Timestamp),
        ParquetField.Optional("safety_level", ParquetType.Int32),
        ParquetField.List("region_codes", ParquetType.String),
        ParquetField.Required("is_active", ParquetType.Bool),
        ParquetField.List("tags", ParquetType.String),
        ParquetField.List("performers", ParquetType.String),
        ParquetField.List("text_vector", ParquetType.Float),
        ParquetField.List("image_vector", ParquetType.Float));

    public static readonly ParquetSchema Interactions = new(
        ParquetField.Required("user_id", ParquetType.String),
        ParquetField.Required("item_id", ParquetType.String),
        ParquetField.Required("label", ParquetType.Int32),
        ParquetField.Required("weight", ParquetType.Float),
        ParquetField.Required("timestamp", ParquetType.Timestamp));
}
