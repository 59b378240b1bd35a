namespace Retraining.Operations;

/// <summary>State of a run, in Durable Functions' words (<c>runtimeStatus</c>).</summary>
public enum RunStatus
{
    Pending,
    Running,
    Suspended,

    /// <summary>Ended with a result, published or rejected.</summary>
    Completed,
    Failed,

    /// <summary>Cancelled.</summary>
    Terminated,

    /// <summary>Its journal cannot be read, so nobody can tell, and nobody can go on with it. Lists alone tell such runs.</summary>
    Unknown,
}
