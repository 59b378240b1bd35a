using Retraining.Journal;
using Retraining.Local.Files;

namespace Retraining.Local.Runs;

/// <summary>The files that one run keeps beside its journal.</summary>
/// <param name="Path">The folder.</param>
/// <param name="RunId">Id of the run.</param>
/// <param name="Version">The run's start as a version name; the folders of a store sort by it.</param>
internal sealed record RunFolder(string Path, string RunId, string Version)
{
    public string Journal => System.IO.Path.Combine(Path, "journal");
    public string Lock => System.IO.Path.Combine(Path, "lock");
    public string Summary => System.IO.Path.Combine(Path, "summary");
    public string Progress => System.IO.Path.Combine(Path, "progress.json");
    public string Control => System.IO.Path.Combine(Path, "control");

    public RunKey Key => new(RunId, Version);

    /// <summary>Whether a living process carries this run.</summary>
    public bool IsAttended => FileLock.IsHeld(Lock);
}
