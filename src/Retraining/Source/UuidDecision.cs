namespace Retraining.Source;

/// <summary>One row of <c>user_video_decisions</c> whose ids are UUIDs, without an object of its own.</summary>
/// <param name="User">User id.</param>
/// <param name="Video">Video id.</param>
/// <param name="TimeMs">When, unix milliseconds UTC.</param>
/// <param name="Type">Position in <see cref="DecisionBatch.Types"/>; -1 for a row with a fault.</param>
public readonly record struct UuidDecision(Guid User, Guid Video, long TimeMs, int Type);
