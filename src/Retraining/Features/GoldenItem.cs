namespace Retraining.Features;

/// <param name="Payload">Raw, as a client is given it.</param>
/// <param name="Features">The dense vector that it must give, [item_input_dim].</param>
public sealed record GoldenItem(ItemPayload Payload, float[] Features);
