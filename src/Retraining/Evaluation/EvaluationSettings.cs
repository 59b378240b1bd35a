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

    /// <summary>Power at which the smallest detectable loss is reported, in (0, 1).</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Power { get; init; } = 0.8;

    /// <summary>A user with at most this many likes in the history is a new user.</summary>
    [Range(0, 1_000_000)]
    public int NewUserLikes { get; init; } = 10;

    /// <summary>A user with at least this many likes in the history is a heavy user.</summary>
    [Range(1, 1_000_000)]
    public int HeavyUserLikes { get; init; } = 100;

    /// <summary>A video with at most this many likes in the training part is a cold item.</summary>
    [Range(0, 1_000_000)]
    public int ColdItemLikes { get; init; }
    public int Seed { get; init; } = 7;
}
