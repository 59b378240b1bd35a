namespace Retraining.Local.Engine;

/// <summary>The pipeline's definition asks for something else than what the run's journal records.</summary>
/// <param name="call">Number of the call in the definition, from 0.</param>
/// <param name="recorded">What the journal has there.</param>
/// <param name="asked">What this definition asks for there.</param>
/// <param name="build">Build that began the run; null when its journal does not say.</param>
public sealed class HistoryMismatchException(int call, string recorded, string asked, string? build)
    : Exception($"call {call} of the definition: the journal records {recorded}, the definition asks for {asked}. "
        + $"The definition of build {build ?? "(not recorded)"}, which began this run, and that of build {DefinitionBuild.Name}, which goes on with it, "
        + "differ: start a new run, or go on with the build that began it")
{
    public int Call { get; } = call;
}
