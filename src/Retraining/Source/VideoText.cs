namespace Retraining.Source;

/// <summary>Texts of a <see cref="PackedVideo"/> in their order; the last three are lists.</summary>
public enum VideoText
{
    ExternalId,
    Title,
    Description,
    Maker,
    Label,
    Series,
    Director,
    Source,
    ProductUrl,
    ThumbnailUrl,
    RegionCodes,
    Tags,
    Performers,
}
