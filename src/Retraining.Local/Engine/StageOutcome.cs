using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Local.Engine;

/// <summary>What a stage came to: exactly one of the two.</summary>
internal sealed record StageOutcome(JsonElement? Result, StageFailedException? Failure);
