using System.Text.Json;

namespace Retraining.Host.Durable;

/// <summary>One attempt of a stage, as it travels to whichever process does it.</summary>
/// <param name="RunId">The run, safe as a folder name.</param>
/// <param name="StartedAt">When the run started.</param>
/// <param name="Call">Position of the call in the definition, from 0.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Input">The stage's input, as <see cref="Execution.RecordJson"/> writes it.</param>
public sealed record StageCall(string RunId, DateTimeOffset StartedAt, int Call, int Attempt, JsonElement Input);
