namespace Retraining.Operations;

/// <summary>What became of a control request. Durable Functions answers 202, 404 and 410.</summary>
public enum ControlResult
{
    Accepted,
    NotFound,

    /// <summary>The run has ended, so there is nothing to control.</summary>
    Gone,
}
