using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Source;

public sealed class SyncSource(OpenSource openSource, ReadPseudonymKey readPseudonymKey, IArtifactStore work) : IStage<SyncSource.Input, Snapshot>
{
    public sealed record Input(SourceSettings Source);

    public Task<Snapshot> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException($"{openSource}{readPseudonymKey}{work}");
}
