namespace TwoTower.Evaluation;

/// <summary>A mean over users and where it would lie, had other users been drawn.</summary>
/// <param name="Mean">Over the users where the value is defined.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
/// <param name="StandardError">Standard deviation of the resampled means.</param>
/// <param name="Users">Users where the value is defined.</param>
public sealed record ConfidenceInterval(double Mean, double Low, double High, double StandardError, int Users);
