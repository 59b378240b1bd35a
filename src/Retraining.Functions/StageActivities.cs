using Microsoft.Azure.Functions.Worker;
using Retraining.Host.Durable;

namespace Retraining.Functions;

/// <summary>One activity a stage. Functions are found by their attributes, so each is written out.</summary>
public sealed class StageActivities(StageWorker worker)
{
    [Function("sync")]
    public Task<StageAnswer> SyncSourceAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.SyncSource, call, cancellationToken);

    [Function("contract")]
    public Task<StageAnswer> CheckContractAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.CheckContract, call, cancellationToken);

    [Function("features")]
    public Task<StageAnswer> FitFeaturesAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.FitFeatures, call, cancellationToken);

    [Function("user-features")]
    public Task<StageAnswer> BuildUserFeaturesAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.BuildUserFeatures, call, cancellationToken);

    [Function("item-features")]
    public Task<StageAnswer> BuildItemFeaturesAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.BuildItemFeatures, call, cancellationToken);

    [Function("join")]
    public Task<StageAnswer> JoinShardsAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.JoinShards, call, cancellationToken);

    [Function("train-slice")]
    public Task<StageAnswer> TrainSliceAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.TrainSlice, call, cancellationToken);

    [Function("train")]
    public Task<StageAnswer> TrainTowersAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.TrainTowers, call, cancellationToken);

    [Function("evaluate")]
    public Task<StageAnswer> EvaluateModelAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.EvaluateModel, call, cancellationToken);

    [Function("gate")]
    public Task<StageAnswer> JudgeQualityAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.JudgeQuality, call, cancellationToken);

    [Function("ask-approval")]
    public Task<StageAnswer> AskApprovalAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.AskApproval, call, cancellationToken);

    [Function("export")]
    public Task<StageAnswer> ExportModelAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.ExportModel, call, cancellationToken);

    [Function("video-embeddings")]
    public Task<StageAnswer> EmbedVideosAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.EmbedVideos, call, cancellationToken);

    [Function("user-embeddings")]
    public Task<StageAnswer> EmbedUsersAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.EmbedUsers, call, cancellationToken);

    [Function("manifest")]
    public Task<StageAnswer> WriteManifestAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.WriteManifest, call, cancellationToken);

    [Function("publish")]
    public Task<StageAnswer> PublishVersionAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.PublishVersion, call, cancellationToken);

    [Function("upsert-videos")]
    public Task<StageAnswer> LoadVideosAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.LoadVideos, call, cancellationToken);

    [Function("upsert-users")]
    public Task<StageAnswer> LoadUsersAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.LoadUsers, call, cancellationToken);

    [Function("activate")]
    public Task<StageAnswer> ActivateVersionAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.ActivateVersion, call, cancellationToken);

    [Function("notify")]
    public Task<StageAnswer> NotifyPeopleAsync([ActivityTrigger] StageCall call, CancellationToken cancellationToken) =>
        worker.RunAsync(Stages.NotifyPeople, call, cancellationToken);
}
