namespace Retraining.Source;

/// <summary>Opens the source that the settings name. The caller disposes it.</summary>
/// <exception cref="Execution.PermanentStageException">The settings name no source that exists.</exception>
public delegate ISource OpenSource(SourceSettings settings, SourceContext context);
