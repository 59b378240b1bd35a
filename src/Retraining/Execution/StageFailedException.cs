namespace Retraining.Execution;

/// <summary>A stage failed after all its attempts.</summary>
public sealed class StageFailedException(string stage, int attempts, string message, Exception? innerException = null)
    : Exception($"{stage}: {message}", innerException)
{
    public string Stage { get; } = stage;
    public int Attempts { get; } = attempts;
}
