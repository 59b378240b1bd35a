namespace Retraining.Dataset;

/// <summary>A snapshot in memory.</summary>
public sealed record SnapshotData
{
    public required Catalogue Catalogue { get; init; }
    public required InteractionLog Log { get; init; }
}
