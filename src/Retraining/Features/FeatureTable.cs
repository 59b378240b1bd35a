using Retraining.Artifacts;

namespace Retraining.Features;

/// <summary>Feature vectors of all users or all items as sparse rows: <c>user_id|item_id, indices, values</c>.</summary>
public sealed record FeatureTable : IShardedTable<FeatureTable>
{
    public required ArtifactRef File { get; init; }
    public required int Rows { get; init; }
    public required int Columns { get; init; }
    public required long NonZeros { get; init; }

    /// <inheritdoc/>
    public static FeatureTable Join(IReadOnlyList<FeatureTable> parts, ArtifactRef file) => new()
    {
        File = file,
        Rows = parts.Sum(part => part.Rows),
        Columns = parts[0].Columns,
        NonZeros = parts.Sum(part => part.NonZeros),
    };
}
