using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Retraining.DurableTask;
using Retraining.Execution;
using Retraining.Host.Durable;

namespace Retraining.Functions;

/// <summary>
/// One activity a stage. Functions are found by their attributes, so each is written out. Each brings the hub's client, since an instance
/// that does activities may see no other function.
/// </summary>
public sealed class StageActivities(StageWorker worker, HubClient hub)
{
    [Function("sync")]
    public Task<StageAnswer> SyncSourceAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.SyncSource, call, client, cancellationToken);

    [Function("contract")]
    public Task<StageAnswer> CheckContractAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.CheckContract, call, client, cancellationToken);

    [Function("features")]
    public Task<StageAnswer> FitFeaturesAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.FitFeatures, call, client, cancellationToken);

    [Function("user-features")]
    public Task<StageAnswer> BuildUserFeaturesAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.BuildUserFeatures, call, client, cancellationToken);

    [Function("item-features")]
    public Task<StageAnswer> BuildItemFeaturesAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.BuildItemFeatures, call, client, cancellationToken);

    [Function("join")]
    public Task<StageAnswer> JoinShardsAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.JoinShards, call, client, cancellationToken);

    [Function("train-slice")]
    public Task<StageAnswer> TrainSliceAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.TrainSlice, call, client, cancellationToken);

    [Function("train")]
    public Task<StageAnswer> TrainTowersAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.TrainTowers, call, client, cancellationToken);

    [Function("evaluate")]
    public Task<StageAnswer> EvaluateModelAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.EvaluateModel, call, client, cancellationToken);

    [Function("gate")]
    public Task<StageAnswer> JudgeQualityAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.JudgeQuality, call, client, cancellationToken);

    [Function("ask-approval")]
    public Task<StageAnswer> AskApprovalAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.AskApproval, call, client, cancellationToken);

    [Function("export")]
    public Task<StageAnswer> ExportModelAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.ExportModel, call, client, cancellationToken);

    [Function("video-embeddings")]
    public Task<StageAnswer> EmbedVideosAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.EmbedVideos, call, client, cancellationToken);

    [Function("user-embeddings")]
    public Task<StageAnswer> EmbedUsersAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.EmbedUsers, call, client, cancellationToken);

    [Function("manifest")]
    public Task<StageAnswer> WriteManifestAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.WriteManifest, call, client, cancellationToken);

    [Function("publish")]
    public Task<StageAnswer> PublishVersionAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.PublishVersion, call, client, cancellationToken);

    [Function("upsert-videos")]
    public Task<StageAnswer> LoadVideosAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.LoadVideos, call, client, cancellationToken);

    [Function("upsert-users")]
    public Task<StageAnswer> LoadUsersAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.LoadUsers, call, client, cancellationToken);

    [Function("activate")]
    public Task<StageAnswer> ActivateVersionAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.ActivateVersion, call, client, cancellationToken);

    [Function("notify")]
    public Task<StageAnswer> NotifyPeopleAsync(
        [ActivityTrigger] StageCall call, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(Stages.NotifyPeople, call, client, cancellationToken);

    private Task<StageAnswer> RunAsync(
        IStageDescription stage, StageCall call, DurableTaskClient client, CancellationToken cancellationToken)
    {
        hub.Bind(client);
        return worker.RunAsync(stage, call, cancellationToken);
    }
}
