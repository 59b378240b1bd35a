namespace Retraining.Source;

/// <summary>Reads the secret key that pseudonymises user ids from the environment; null when none is set.</summary>
public delegate string? ReadPseudonymKey();
