using Retraining.Execution;

namespace Retraining.Benchmark;

/// <summary>What each default is worth: the benchmark again with one setting changed at a time.</summary>
public sealed class Ablation(TimeProvider time)
{
    /// <summary>The changes that can be asked for.</summary>
    public static IEnumerable<string> Changes => AblationVariant.All.Select(variant => variant.Change);

    /// <summary>Runs the variants in their own order.</summary>
    /// <param name="changes">Some of <see cref="Changes"/>; none for all.</param>
    /// <param name="finished">Receives each result as it comes.</param>
    /// <exception cref="PermanentStageException">There is no such change.</exception>
    public async Task<IReadOnlyList<(string Change, BenchmarkResult Result)>> RunAsync(
        BenchmarkRequest request, IReadOnlyCollection<string> changes, IProgress<StageProgress> progress, Action<string, BenchmarkResult> finished,
        CancellationToken cancellationToken)
    {
        if (changes.FirstOrDefault(change => !Changes.Contains(change)) is { } unknown)
            throw new PermanentStageException($"--ablation: {unknown}, expected some of: {string.Join("; ", Changes)}");

        List<(string Change, BenchmarkResult Result)> results = [];
        foreach (var variant in AblationVariant.All.Where(variant => changes.Count == 0 || changes.Contains(variant.Change)))
        {
            var result = await new SplitBenchmark(time).RunAsync(variant.Of(request), progress, cancellationToken);
            results.Add((variant.Change, result));
            finished(variant.Change, result);
        }

        return results;
    }
}
