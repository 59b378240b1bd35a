namespace Retraining.Operations;

/// <summary>Reads a secret of the environment by the name of its variable; null when it is not set.</summary>
public delegate string? ReadSecret(string variable);
