using System.Text.Json;

namespace Retraining.Host.Durable;

/// <summary>
/// What became of a <see cref="StageCall"/>. A failure is an answer too: whether a retry may help is only known where the fault was
/// caught, and what hubs keep of an exception does not say.
/// </summary>
/// <param name="Result">The stage's result; null when it failed.</param>
/// <param name="Error">One sentence, no secrets; null when it did not fail.</param>
/// <param name="MayRetry">The fault may be gone on the next attempt.</param>
public sealed record StageAnswer(JsonElement? Result, string? Error, bool MayRetry);
