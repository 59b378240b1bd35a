using System.ComponentModel.DataAnnotations;

namespace Retraining.Evaluation;

public sealed record EvaluationSettings
{
    /// <summary>Cut-offs of the ranking metrics.</summary>
    [MinLength(1)]
    [Range(1, 10_000)]
    public IReadOnlyList<int> Ks { get; init; } = [10, 20, 50, 100];

    /// <summary>Bootstrap resamples over users for every interval.</summary>
    [Range(100, 100_000)]
    public int Resamples { get; init; } = 1000;

    /// <summary>Confidence of the intervals, in (0, 1).</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Confidence { get; init; } = 0.95;
    public int Seed { get; init; } = 7;
}
