namespace Retraining.Features;

/// <param name="Payload">Raw, as a client is given it.</param>
/// <param name="AsOf">The moment that ages and windows count back from.</param>
/// <param name="Features">The dense vector that it must give, [input_dim].</param>
public sealed record GoldenUser(UserPayload Payload, DateTimeOffset AsOf, float[] Features);
