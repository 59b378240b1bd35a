namespace Retraining.Source;

/// <summary>How many rows of a file were put aside for one reason.</summary>
public sealed record QuarantineReason(string File, string Field, string Expected, long Rows);
