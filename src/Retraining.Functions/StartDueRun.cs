namespace Retraining.Functions;

/// <summary>Starts the scheduled run that is due, if one is.</summary>
public delegate Task StartDueRun(CancellationToken cancellationToken);
