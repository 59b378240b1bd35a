namespace Retraining.Operations;

public enum StageStatus
{
    Running,
    Completed,
    Failed,
}
