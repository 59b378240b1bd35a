namespace Retraining.Serving;

/// <summary>One recommended video.</summary>
/// <param name="Rank">1 for the best.</param>
/// <param name="Score">Cosine similarity in [-1, 1], or popularity in [0, 1] for an unknown user; higher is better.</param>
/// <param name="Title">Null when the service has none.</param>
public sealed record Recommendation(string VideoId, string? Title, double Score, int Rank);
