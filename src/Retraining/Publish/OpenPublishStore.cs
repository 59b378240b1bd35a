using Retraining.Artifacts;

namespace Retraining.Publish;

/// <summary>Opens the store that versions are published to. Paths in it start with <see cref="PublishSettings.Prefix"/> or <c>models/</c>.</summary>
/// <exception cref="Execution.PermanentStageException">The settings name no store that exists.</exception>
public delegate IArtifactStore OpenPublishStore(PublishSettings settings);
