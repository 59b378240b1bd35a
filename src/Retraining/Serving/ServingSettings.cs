using System.ComponentModel.DataAnnotations;

namespace Retraining.Serving;

/// <summary>The vector index that readers query.</summary>
public sealed record ServingSettings
{
    /// <summary><c>pgvector</c> or <c>file</c> (where no PostgreSQL can be had).</summary>
    [AllowedValues("pgvector", "file")]
    public string Kind { get; init; } = "pgvector";

    /// <summary>
    /// For <c>pgvector</c>: <c>generations</c> (each version's own tables change places with the live ones) or <c>in-place</c> (rows are
    /// written into the live tables, for databases where those have to stay the same tables; far slower, and their index ages).
    /// </summary>
    [AllowedValues("generations", "in-place")]
    public string Mode { get; init; } = "generations";

    /// <summary><c>halfvec</c> or <c>vector</c>.</summary>
    [AllowedValues("halfvec", "vector")]
    public string ColumnType { get; init; } = "halfvec";

    /// <summary><c>hnsw</c> or <c>ivfflat</c>.</summary>
    [AllowedValues("hnsw", "ivfflat")]
    public string Index { get; init; } = "hnsw";

    /// <summary>Least share of the exact top 10 that the approximate index must return before a generation goes live, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double MinAnnRecall { get; init; } = 0.9;

    /// <summary>
    /// Most memory for one index build (<c>maintenance_work_mem</c>), in MiB; a build takes what its graph needs, up to this. A graph that does
    /// not fit is finished on the disk, many times slower. Videos and users build side by side, so twice this has to be there.
    /// </summary>
    [Range(64, 1_000_000)]
    public int MaintenanceMemoryMb { get; init; } = 1024;

    /// <summary>Parallel workers of one index build; 0 for none, and none with a pgvector before 0.8.4.</summary>
    [Range(0, 64)]
    public int IndexWorkers { get; init; } = 2;

    /// <summary>Generations kept beside the live one for an instant rollback; at least the one that was live before.</summary>
    [Range(1, 100)]
    public int KeepGenerations { get; init; } = 1;

    /// <summary>For <c>file</c>.</summary>
    public string Folder { get; init; } = ".local/vector-index";
}
