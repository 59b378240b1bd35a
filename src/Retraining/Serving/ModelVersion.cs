namespace Retraining.Serving;

/// <summary>One line of the version ledger.</summary>
public sealed record ModelVersion
{
    public required string Version { get; init; }
    public required string ModelPath { get; init; }
    public required int EmbeddingDim { get; init; }
    public required bool IsActive { get; init; }

    /// <summary>Whether its embeddings still lie beside the live ones, so that it can be made live at once.</summary>
    public required bool IsLoaded { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ActivatedAt { get; init; }
    public DateTimeOffset? RetiredAt { get; init; }
    public string? ActivatedBy { get; init; }
    public string? Reason { get; init; }
}
