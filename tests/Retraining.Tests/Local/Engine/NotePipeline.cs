using Retraining.Execution;
using Retraining.Tests.Host;

namespace Retraining.Tests.Local.Engine;

/// <summary>A definition with a fan-out: first, then left and right side by side, then last. Its result's version is what the last stage wrote.</summary>
internal static class NotePipeline
{
    public static readonly Stage<Note, Note> First = Of("first", WorkKind.Transfer);
    public static readonly Stage<Note, Note> Left = Of("left", WorkKind.Transfer);
    public static readonly Stage<Note, Note> Right = Of("right", WorkKind.Transfer);
    public static readonly Stage<Note, Note> Last = Of("last", WorkKind.Transfer);

    public static IReadOnlyList<Stage<Note, Note>> All => [First, Left, Right, Last];

    public static async Task<RetrainingResult> RunAsync(IPipelineContext run, RetrainingRequest request)
    {
        var first = await run.CallAsync(First, new Note(request.StartedBy));
        var left = run.CallAsync(Left, first);
        var right = run.CallAsync(Right, first);
        var last = await run.CallAsync(Last, new Note($"{(await left).Text}+{(await right).Text}"));
        return Result(last.Text);
    }

    public static RetrainingResult Result(string version) => SampleRuns.Published("any").Result! with { Version = version };

    public static Stage<Note, Note> Of(string name, WorkKind work, int attempts = 1) =>
        new(name, $"Do {name}", work, new RetryPolicy(attempts, TimeSpan.Zero, TimeSpan.Zero), TimeSpan.FromMinutes(10));
}
