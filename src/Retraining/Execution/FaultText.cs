namespace Retraining.Execution;

/// <summary>What people read of a stage's fault.</summary>
public static class FaultText
{
    /// <summary>The message, after the kind of fault where the message alone may not tell; of several faults in one, the first.</summary>
    public static string Of(Exception fault) => fault switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Of(first),
        PermanentStageException or TimeoutException or IOException => fault.Message,
        _ => $"{fault.GetType().Name}: {fault.Message}",
    };
}
