using System.Text.Json;
using Retraining.Operations;

namespace Retraining.Execution;

/// <summary>Which class does the work of which stage. Every engine asks this.</summary>
public sealed class StageRegistry
{
    private readonly Dictionary<string, Func<object>> _factories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<JsonElement, StageContext, CancellationToken, Task<JsonElement>>> _recorded = new(StringComparer.Ordinal);

    /// <summary>Names of the stages that have an implementation.</summary>
    public IReadOnlyCollection<string> Names => _factories.Keys;

    /// <param name="stage">The stage; one implementation each.</param>
    /// <param name="create">Called for every attempt.</param>
    public StageRegistry Add<TIn, TOut>(Stage<TIn, TOut> stage, Func<IStage<TIn, TOut>> create)
        where TIn : notnull
        where TOut : notnull
    {
        if (!_factories.TryAdd(stage.Name, create))
            throw new ArgumentException($"stage {stage.Name} has two implementations, expected one", nameof(stage));
        _recorded.Add(stage.Name, async (input, context, cancellationToken) =>
        {
            var result = await Create(stage).RunAsync(input.Deserialize<TIn>(RecordJson.Options)!, context, cancellationToken);
            RunTelemetry.Measure(result);
            return JsonSerializer.SerializeToElement(result, RecordJson.Options);
        });
        return this;
    }

    /// <summary>Runs and measures a stage that is known by name only, from and to what <see cref="RecordJson"/> records of it.</summary>
    public Task<JsonElement> RunAsync(string stage, JsonElement input, StageContext context, CancellationToken cancellationToken) =>
        _recorded.TryGetValue(stage, out var run)
            ? run(input, context, cancellationToken)
            : throw new PermanentStageException($"stage {stage} has no implementation, expected one of {string.Join(", ", _factories.Keys)}");

    public IStage<TIn, TOut> Create<TIn, TOut>(Stage<TIn, TOut> stage)
        where TIn : notnull
        where TOut : notnull
    {
        if (!_factories.TryGetValue(stage.Name, out var create))
            throw new PermanentStageException($"stage {stage.Name} has no implementation, expected one of {string.Join(", ", _factories.Keys)}");

        var implementation = create();
        return implementation as IStage<TIn, TOut>
            ?? throw new PermanentStageException(
                $"stage {stage.Name} is done by {implementation.GetType().Name}, expected a stage from {typeof(TIn)} to {typeof(TOut)}");
    }
}
