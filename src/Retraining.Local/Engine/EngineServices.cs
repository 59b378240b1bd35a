using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>What the embedded engine needs from outside.</summary>
public sealed record EngineServices
{
    public required EngineSettings Settings { get; init; }
    public required StageRegistry Stages { get; init; }
    public required ILoggerFactory Logging { get; init; }
    /// <summary>Where journals are kept; null keeps them in the settings' folder.</summary>
    public IJournalHome? Journals { get; init; }

    /// <summary>Where the runs' own files are; null keeps them in the settings' folder.</summary>
    public IArtifactStore? Work { get; init; }

    public PipelineDefinition Definition { get; init; } = RetrainingPipeline.RunAsync;
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public IsTransientFault IsTransient { get; init; } = TransientFaults.IsTransient;

    /// <summary>Tells people of failures that the definition itself cannot tell; null tells nobody.</summary>
    public Announcer? Announcer { get; init; }

    /// <summary>Takes secrets out of errors before they are recorded.</summary>
    public SecretText Secrets { get; init; } = new([]);
}
