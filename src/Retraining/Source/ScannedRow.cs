namespace Retraining.Source;

/// <summary>The text of one row of JSON, whole or cut.</summary>
/// <param name="Text">UTF-8; valid until the next row is asked for.</param>
/// <param name="IsCut">Whether the row is too long to be kept; then this is its beginning.</param>
internal readonly record struct ScannedRow(ReadOnlyMemory<byte> Text, bool IsCut);
