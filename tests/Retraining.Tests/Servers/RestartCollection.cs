namespace Retraining.Tests.Servers;

/// <summary>Tests that restart a server that all tests use: they run after all others, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RestartCollection
{
    public const string Name = "restarts servers";
}
