using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Dataset;

public sealed class CheckContract : IStage<CheckContract.Input, ContractReport>
{
    public sealed record Input(Snapshot Snapshot, ContractSettings Contract, PublishSettings Publish);

    public Task<ContractReport> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
