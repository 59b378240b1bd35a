using Retraining.Artifacts;

namespace Retraining.Features;

/// <summary>A table that can be built in parts.</summary>
public interface IShardedTable<TTable>
    where TTable : IShardedTable<TTable>
{
    ArtifactRef File { get; }

    /// <summary>The table that parts give together.</summary>
    /// <param name="parts">In order of their rows.</param>
    /// <param name="file">Their files, joined.</param>
    static abstract TTable Join(IReadOnlyList<TTable> parts, ArtifactRef file);
}
