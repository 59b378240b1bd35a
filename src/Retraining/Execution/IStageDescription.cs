namespace Retraining.Execution;

/// <summary>What is known of a stage without its types.</summary>
public interface IStageDescription
{
    string Name { get; }
    string Title { get; }
    WorkKind Work { get; }
    RetryPolicy Retry { get; }
    TimeSpan TimeLimit { get; }
}
