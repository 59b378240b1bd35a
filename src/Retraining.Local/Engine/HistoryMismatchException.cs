namespace Retraining.Local.Engine;

/// <summary>The pipeline's definition asks for something else than what the run's journal records.</summary>
public sealed class HistoryMismatchException(int call, string recorded, string asked)
    : Exception($"call {call} of the definition: the journal records {recorded}, the definition asks for {asked}. "
        + "The definition has changed since this run began: start a new run, or go on with the build that began it")
{
    public int Call { get; } = call;
}
