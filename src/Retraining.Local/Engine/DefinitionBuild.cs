using System.Reflection;

namespace Retraining.Local.Engine;

/// <summary>Names the build whose definition this process runs: version and commit, as the compiler knew them.</summary>
internal static class DefinitionBuild
{
    public static string Name { get; } =
        typeof(RetrainingPipeline).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "(unnamed)";
}
