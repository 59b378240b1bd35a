using Retraining.Approvals;
using Retraining.Artifacts;
using Retraining.Configuration;
using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Operations;
using Retraining.Publish;
using Retraining.Serving;
using Retraining.Source;
using Retraining.Training;

namespace Retraining;

/// <summary>The stages of the weekly run. <see cref="RetrainingPipeline"/> tells their order.</summary>
public static class Stages
{
    public static readonly Stage<SyncSource.Input, Snapshot> SyncSource =
        new("sync", "Sync the source into a snapshot", WorkKind.Transfer, RetryPolicy.Transfer, TimeSpan.FromHours(2));

    public static readonly Stage<CheckContract.Input, ContractReport> CheckContract =
        new("contract", "Check the data contract", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromMinutes(30));

    public static readonly Stage<FitFeatures.Input, FittedFeatures> FitFeatures =
        new("features", "Fit vocabularies and normaliser", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromHours(1));

    public static readonly Stage<BuildUserFeatures.Input, FeatureTable> BuildUserFeatures =
        new("user-features", "Build user features", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromHours(1));

    public static readonly Stage<BuildItemFeatures.Input, FeatureTable> BuildItemFeatures =
        new("item-features", "Build item features", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromHours(1));

    public static readonly Stage<JoinShards.Input, ArtifactRef> JoinShards =
        new("join", "Join the parts", WorkKind.Transfer, RetryPolicy.Transfer, TimeSpan.FromHours(1));

    public static readonly Stage<TrainTowers.Input, TrainedModel> TrainTowers =
        new("train", "Train the towers", WorkKind.Training, RetryPolicy.Transfer, TimeSpan.FromHours(24));

    public static readonly Stage<TrainSlice.Input, TrainingSlice> TrainSlice =
        new("train-slice", "Train for some minutes", WorkKind.Training, RetryPolicy.Transfer, TimeSpan.FromHours(24));

    public static readonly Stage<EvaluateModel.Input, EvaluationReport> EvaluateModel =
        new("evaluate", "Evaluate on the hold-out", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromHours(2));

    public static readonly Stage<JudgeQuality.Input, Verdict> JudgeQuality =
        new("gate", "Judge the challenger", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromMinutes(30));

    public static readonly Stage<AskApproval.Input, AskedApproval> AskApproval =
        new("ask-approval", "Ask a person to approve", WorkKind.Transfer, RetryPolicy.None, TimeSpan.FromMinutes(2));

    public static readonly Stage<ExportModel.Input, ExportedModel> ExportModel =
        new("export", "Export and prove the ONNX", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromMinutes(30));

    public static readonly Stage<EmbedVideos.Input, EmbeddingTable> EmbedVideos =
        new("video-embeddings", "Embed all videos", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromHours(1));

    public static readonly Stage<EmbedUsers.Input, EmbeddingTable> EmbedUsers =
        new("user-embeddings", "Embed all users", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromHours(1));

    public static readonly Stage<WriteManifest.Input, ArtifactSet> WriteManifest =
        new("manifest", "Write the manifest", WorkKind.Compute, RetryPolicy.Transfer, TimeSpan.FromMinutes(10));

    public static readonly Stage<PublishVersion.Input, PublishedVersion> PublishVersion =
        new("publish", "Publish the immutable version", WorkKind.Transfer, RetryPolicy.Transfer, TimeSpan.FromHours(1));

    public static readonly Stage<LoadEmbeddings.Input, LoadedEmbeddings> LoadVideos =
        new("upsert-videos", "Load video embeddings", WorkKind.Transfer, RetryPolicy.Transfer, TimeSpan.FromHours(2));

    public static readonly Stage<LoadEmbeddings.Input, LoadedEmbeddings> LoadUsers =
        new("upsert-users", "Load user embeddings", WorkKind.Transfer, RetryPolicy.Transfer, TimeSpan.FromHours(2));

    public static readonly Stage<ActivateVersion.Input, Activation> ActivateVersion =
        new("activate", "Make the version live", WorkKind.Transfer, RetryPolicy.Transfer, TimeSpan.FromHours(2)); // in place, row by row

    public static readonly Stage<NotifyPeople.Input, Notification> NotifyPeople =
        new("notify", "Tell people", WorkKind.Transfer, RetryPolicy.None, TimeSpan.FromMinutes(2));

    /// <summary>All of them in the order of the weekly run.</summary>
    public static IReadOnlyList<IStageDescription> All { get; } =
    [
        SyncSource, CheckContract, FitFeatures, BuildUserFeatures, BuildItemFeatures, JoinShards, TrainSlice, TrainTowers, EvaluateModel,
        JudgeQuality, AskApproval, ExportModel, EmbedVideos, EmbedUsers, WriteManifest, PublishVersion, LoadVideos, LoadUsers, ActivateVersion,
        NotifyPeople,
    ];

    /// <summary>Those that a run with these settings goes through when nothing stops it and its data are of an ordinary size, in order.</summary>
    public static IReadOnlyList<IStageDescription> PlannedBy(RetrainingSettings settings) =>
    [
        .. All.Where(stage => (stage.Name != JoinShards.Name || settings.Engine.Shards > 1)
            && (stage.Name != TrainSlice.Name || settings.Training.SliceMinutes > 0)
            && (stage.Name != AskApproval.Name || settings.Gate.Approval != GateSettings.Never)),
    ];

    public static bool IsTraining(string stage) => stage == TrainTowers.Name || stage == TrainSlice.Name;
}
