namespace Retraining.Journal;

/// <summary>What a run is found by.</summary>
/// <param name="RunId">Id of the run.</param>
/// <param name="Version">The run's start as a version name: runs sort by it, and no two have the same.</param>
public sealed record RunKey(string RunId, string Version);
