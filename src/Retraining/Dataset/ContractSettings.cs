namespace Retraining.Dataset;

/// <summary>When a snapshot blocks the run.</summary>
public sealed record ContractSettings
{
    /// <summary>Largest share of rows of a table in quarantine, in [0, 1].</summary>
    public double MaxQuarantinedShare { get; init; } = 0.05;

    /// <summary>Largest drop of a table's row count against the last published snapshot, in [0, 1].</summary>
    public double MaxRowDrop { get; init; } = 0.3;

    /// <summary>Share of positives among the interactions, in [0, 1].</summary>
    public double MinPositiveShare { get; init; } = 0.01;

    /// <summary>Fewest users with a positive interaction.</summary>
    public int MinUsers { get; init; } = 20;

    /// <summary>Fewest positive interactions.</summary>
    public int MinPositives { get; init; } = 200;
}
