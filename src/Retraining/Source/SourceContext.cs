using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>Who reads a source, and where it may keep rows from one sync to the next.</summary>
/// <param name="Run">The run; a later attempt of the same one goes on where an earlier one broke off.</param>
/// <param name="Kept">Takes the rows as they came. Encrypted where user ids must not be written.</param>
public sealed record SourceContext(StageContext Run, IArtifactStore Kept);
