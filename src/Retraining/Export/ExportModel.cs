using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Training;

namespace Retraining.Export;

public sealed class ExportModel : IStage<ExportModel.Input, ExportedModel>
{
    public sealed record Input(string Version, TrainingData Data, TrainedModel Challenger, ExportSettings Export);

    public Task<ExportedModel> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
