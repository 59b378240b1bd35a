using System.Collections.Concurrent;
using Retraining.Execution;

namespace Retraining.Tests.Local.Engine;

/// <summary>What stages do in a test; without a word about one it puts its name around what it gets.</summary>
internal sealed class StageScript
{
    private readonly ConcurrentDictionary<string, Func<Note, StageContext, CancellationToken, Task<Note>>> _work = new(StringComparer.Ordinal);

    /// <summary>Names of stages in the order of their attempts.</summary>
    public ConcurrentQueue<string> Ran { get; } = new();

    public void On(string stage, Func<Note, StageContext, CancellationToken, Task<Note>> work) => _work[stage] = work;

    /// <summary>The stage never ends by itself. The task ends when the stage is reached.</summary>
    public Task Hang(string stage)
    {
        var reached = new TaskCompletionSource();
        On(stage, async (input, _, token) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return input;
        });
        return reached.Task;
    }

    public void Restore(string stage) => _work.TryRemove(stage, out _);

    public StageRegistry Register(IEnumerable<Stage<Note, Note>> stages)
    {
        var registry = new StageRegistry();
        foreach (var stage in stages)
            registry.Add(stage, () => new DelegateStage<Note, Note>((input, context, token) => RunAsync(stage.Name, input, context, token)));
        return registry;
    }

    private Task<Note> RunAsync(string stage, Note input, StageContext context, CancellationToken cancellationToken)
    {
        Ran.Enqueue(stage);
        return _work.TryGetValue(stage, out var work)
            ? work(input, context, cancellationToken)
            : Task.FromResult(new Note($"{stage}({input.Text})"));
    }
}
