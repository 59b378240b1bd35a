using System.Text.Json;

namespace Retraining.Execution;

/// <summary>How a wait ended.</summary>
/// <param name="Raised">False when the time ran out.</param>
/// <param name="Value">What came with the event.</param>
public sealed record EventOutcome(bool Raised, JsonElement? Value);
