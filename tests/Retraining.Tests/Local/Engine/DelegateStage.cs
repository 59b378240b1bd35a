using Retraining.Execution;

namespace Retraining.Tests.Local.Engine;

internal sealed class DelegateStage<TIn, TOut>(Func<TIn, StageContext, CancellationToken, Task<TOut>> run) : IStage<TIn, TOut>
    where TIn : notnull
    where TOut : notnull
{
    public Task<TOut> RunAsync(TIn input, StageContext context, CancellationToken cancellationToken) => run(input, context, cancellationToken);
}
