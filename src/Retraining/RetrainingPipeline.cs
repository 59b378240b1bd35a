using Retraining.Approvals;
using Retraining.Configuration;
using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Serving;
using Retraining.Training;

namespace Retraining;

/// <summary>The weekly run, top to bottom. Every engine runs this definition; nothing else decides the order.</summary>
public static class RetrainingPipeline
{
    public static async Task<RetrainingResult> RunAsync(IPipelineContext run, RetrainingRequest request)
    {
        var (notification, pages) = (request.Settings.Notification, request.Settings.Hosting.PublicUrl);
        try
        {
            var result = await RetrainAsync(run, request);
            await run.CallAsync(Stages.NotifyPeople, new(result, Error: null, request.StartedBy, notification, pages));
            return result;
        }
        catch (StageFailedException failure) when (failure.Stage != Stages.NotifyPeople.Name)
        {
            await run.CallAsync(Stages.NotifyPeople, new(Result: null, failure.Message, request.StartedBy, notification, pages));
            throw;
        }
    }

    private static async Task<RetrainingResult> RetrainAsync(IPipelineContext run, RetrainingRequest request)
    {
        var settings = request.Settings;
        var version = VersionName.From(run.StartedAt);

        var snapshot = await run.CallAsync(Stages.SyncSource, new(settings.Source));
        await run.CallAsync(Stages.CheckContract, new(snapshot, settings.Contract, settings.Publish));
        var data = await BuildFeaturesAsync(run, settings, snapshot);

        var challenger = await TrainAsync(run, new(data, settings.Training, settings.Gate.Metric, settings.Publish));
        var evaluation = await run.CallAsync(Stages.EvaluateModel, new(data, challenger, settings.Evaluation, settings.Publish));
        var verdict = await run.CallAsync(Stages.JudgeQuality, new(evaluation, challenger, settings.Gate, request.OverrideReason));
        verdict = await ApproveAsync(run, request, version, verdict, evaluation);
        var result = new RetrainingResult { Outcome = RetrainingOutcome.Rejected, Version = version, Verdict = verdict, Evaluation = evaluation };

        return verdict.Publishes ? await PublishAsync(run, request, data, challenger, result) : result;
    }

    /// <summary>Trains, where the settings want it slice by slice; the last call finds nothing left to train and writes the model.</summary>
    private static async Task<TrainedModel> TrainAsync(IPipelineContext run, TrainTowers.Input training)
    {
        var finished = training.Training.SliceMinutes == 0;
        for (var slice = 1; !finished; slice++)
            finished = (await run.CallAsync(Stages.TrainSlice, new(training, slice))).Finished;
        return await run.CallAsync(Stages.TrainTowers, training);
    }

    /// <summary>Asks a person where the settings want one, and waits for the answer.</summary>
    private static async Task<Verdict> ApproveAsync(
        IPipelineContext run, RetrainingRequest request, string version, Verdict verdict, EvaluationReport evaluation)
    {
        if (ApprovalNeed.Of(request, verdict) is not { } why)
            return verdict;

        var settings = request.Settings;
        await run.CallAsync(Stages.AskApproval, new(version, why, verdict, evaluation, settings.Gate, settings.Notification, settings.Hosting.PublicUrl));
        var answer = await run.WaitForEventAsync<ApprovalAnswer>(ApprovalAnswer.EventName, TimeSpan.FromHours(settings.Gate.ApprovalHours));
        return verdict with { Approval = Approval.Of(why, answer, settings.Gate) };
    }

    private static async Task<TrainingData> BuildFeaturesAsync(
        IPipelineContext run, RetrainingSettings settings, Snapshot snapshot)
    {
        var (split, export) = (settings.Split, settings.Export);
        var fitted = await run.CallAsync(
            Stages.FitFeatures,
            new(snapshot, split, settings.Features, settings.Training.EmbeddingDim, export.UserInputName, export.ItemInputName));
        var users = run.CallInShardsAsync(
            Stages.BuildUserFeatures, ShardedCalls.ShardsOf(settings.Engine, ShardedCalls.UsersOf(snapshot)), BuildUserFeatures.FileName,
            shard => new(snapshot, fitted, shard));
        var items = run.CallInShardsAsync(
            Stages.BuildItemFeatures, ShardedCalls.ShardsOf(settings.Engine, snapshot.VideoCount), BuildItemFeatures.FileName,
            shard => new(snapshot, fitted, split, shard));
        return new TrainingData { Snapshot = snapshot, Split = split, Features = fitted, Users = await users, Items = await items };
    }

    private static async Task<RetrainingResult> PublishAsync(
        IPipelineContext run, RetrainingRequest request, TrainingData data, TrainedModel challenger, RetrainingResult result)
    {
        var settings = request.Settings;
        var passed = result with { Outcome = RetrainingOutcome.Passed };
        if (request.SkipExport)
            return passed;

        var export = run.CallAsync(Stages.ExportModel, new(result.Version, data, challenger, settings.Export));
        if (request.SkipEmbeddings)
        {
            await export;
            return passed;
        }

        var videoEmbeddings = run.CallInShardsAsync(
            Stages.EmbedVideos, ShardedCalls.ShardsOf(settings.Engine, data.Items.Rows), EmbedVideos.FileName,
            shard => new(data, challenger, shard));
        var userEmbeddings = run.CallInShardsAsync(
            Stages.EmbedUsers, ShardedCalls.ShardsOf(settings.Engine, data.Users.Rows), EmbedUsers.FileName,
            shard => new(data, challenger, shard));
        EmbeddingTable videos = await videoEmbeddings, users = await userEmbeddings;

        var artifacts = await run.CallAsync(
            Stages.WriteManifest, new(result.Version, request, data, challenger, await export, videos, users, result.Evaluation, result.Verdict));
        if (request.DryRun)
            return passed;

        var published = await run.CallAsync(Stages.PublishVersion, new(artifacts, settings.Publish));
        var positive = settings.Source.PositiveDecisions;
        var loadedVideos = run.CallAsync(
            Stages.LoadVideos, new(EmbeddingKind.Videos, result.Version, videos, data.Snapshot, positive, settings.Serving));
        var loadedUsers = run.CallAsync(
            Stages.LoadUsers, new(EmbeddingKind.Users, result.Version, users, data.Snapshot, positive, settings.Serving));
        await run.CallAsync(Stages.ActivateVersion, new(published, artifacts, await loadedVideos, await loadedUsers,
            settings.Publish, settings.Serving, result.Evaluation.Challenger, request.StartedBy));
        return result with { Outcome = RetrainingOutcome.Published, Location = published.Location };
    }
}
