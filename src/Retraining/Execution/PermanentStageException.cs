namespace Retraining.Execution;

/// <summary>A failure that a retry cannot help: bad input, a broken promise, a wrong setting. The message gives found, expected, where.</summary>
public sealed class PermanentStageException : Exception
{
    public PermanentStageException(string message) : base(message)
    {
    }

    public PermanentStageException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
