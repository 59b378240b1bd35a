namespace Retraining.Features;

/// <summary>What of a like a <see cref="UserBag"/> counts.</summary>
internal enum BagSource
{
    Tags,
    Performers,
    Videos,
    Makers,
    Labels,
    Series,
    Sources,
    PriceBands,
    HoursOfWeek,
}
