using Microsoft.Extensions.DependencyInjection;
using Retraining.Approvals;
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

namespace Retraining.Host.Composition;

/// <summary>Which class does which stage.</summary>
internal static class StageRegistration
{
    public static StageRegistry Create(IServiceProvider services)
    {
        return new StageRegistry()
            .Add(Stages.SyncSource, New<SyncSource>)
            .Add(Stages.CheckContract, New<CheckContract>)
            .Add(Stages.FitFeatures, New<FitFeatures>)
            .Add(Stages.BuildUserFeatures, New<BuildUserFeatures>)
            .Add(Stages.BuildItemFeatures, New<BuildItemFeatures>)
            .Add(Stages.JoinShards, New<JoinShards>)
            .Add(Stages.TrainSlice, New<TrainSlice>)
            .Add(Stages.TrainTowers, New<TrainTowers>)
            .Add(Stages.EvaluateModel, New<EvaluateModel>)
            .Add(Stages.JudgeQuality, New<JudgeQuality>)
            .Add(Stages.AskApproval, New<AskApproval>)
            .Add(Stages.ExportModel, New<ExportModel>)
            .Add(Stages.EmbedVideos, New<EmbedVideos>)
            .Add(Stages.EmbedUsers, New<EmbedUsers>)
            .Add(Stages.WriteManifest, New<WriteManifest>)
            .Add(Stages.PublishVersion, New<PublishVersion>)
            .Add(Stages.LoadVideos, New<LoadEmbeddings>)
            .Add(Stages.LoadUsers, New<LoadEmbeddings>)
            .Add(Stages.ActivateVersion, New<ActivateVersion>)
            .Add(Stages.NotifyPeople, New<NotifyPeople>);

        T New<T>() => ActivatorUtilities.CreateInstance<T>(services);
    }
}
