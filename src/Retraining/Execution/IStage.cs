namespace Retraining.Execution;

/// <summary>The work of a <see cref="Stage{TIn, TOut}"/>. Idempotent: it may run more than once for one call, and writes under names derived from the run.</summary>
public interface IStage<in TIn, TOut>
    where TIn : notnull
    where TOut : notnull
{
    Task<TOut> RunAsync(TIn input, StageContext context, CancellationToken cancellationToken);
}
