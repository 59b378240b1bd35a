namespace Retraining.Host.Durable;

/// <summary>Asks the hub whether a run has ended while a stage of it still works: terminated from the hub's own dashboard, say.</summary>
public delegate Task<bool> HasRunEnded(string runId, CancellationToken cancellationToken);
