namespace Retraining.Execution;

/// <summary>What a running stage knows of its run.</summary>
/// <param name="RunId">Id of the run, safe as a folder name.</param>
/// <param name="StartedAt">When the run started (recorded, so the same on every attempt).</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Progress">Where progress goes; cheap, throttled by the receiver.</param>
public sealed record StageContext(string RunId, DateTimeOffset StartedAt, int Attempt, IProgress<StageProgress> Progress)
{
    /// <summary>Folder of this run in the work store: <c>runs/{RunId}/</c>.</summary>
    public string Folder => $"runs/{RunId}/";
}
