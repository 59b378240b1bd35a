using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Operations;
using Retraining.Publish;
using Retraining.Schedule;
using Retraining.Serving;
using Retraining.Source;
using Retraining.Training;

namespace Retraining.Configuration;

/// <summary>Every setting of a run. No secrets: those come from the environment where a stage needs them, so this can be recorded.</summary>
public sealed record RetrainingSettings
{
    public SourceSettings Source { get; init; } = new();
    public ContractSettings Contract { get; init; } = new();
    public SplitSettings Split { get; init; } = new();
    public FeatureSettings Features { get; init; } = new();
    public TrainingSettings Training { get; init; } = new();
    public EvaluationSettings Evaluation { get; init; } = new();
    public GateSettings Gate { get; init; } = new();
    public ExportSettings Export { get; init; } = new();
    public PublishSettings Publish { get; init; } = new();
    public ServingSettings Serving { get; init; } = new();
    public NotificationSettings Notification { get; init; } = new();
    public ScheduleSettings Schedule { get; init; } = new();
    public HostingSettings Hosting { get; init; } = new();
    public LoggingSettings Logging { get; init; } = new();
    public EngineSettings Engine { get; init; } = new();
}
