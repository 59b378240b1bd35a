namespace Retraining.Serving;

/// <summary>The version whose users readers see.</summary>
/// <param name="PseudonymisedUsers">It was trained on pseudonyms, and keeps its users under them.</param>
public sealed record ServedVersion(string Version, bool PseudonymisedUsers);
