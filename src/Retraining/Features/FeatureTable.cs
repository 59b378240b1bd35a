using Retraining.Artifacts;

namespace Retraining.Features;

/// <summary>Feature vectors of all users or all items as sparse rows: <c>user_id|item_id, indices, values</c>.</summary>
public sealed record FeatureTable
{
    public required ArtifactRef File { get; init; }
    public required int Rows { get; init; }
    public required int Columns { get; init; }
    public required long NonZeros { get; init; }
}
