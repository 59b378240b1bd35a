using System.ComponentModel.DataAnnotations;

namespace Retraining.Dataset;

/// <summary>How positives are divided by time into training, validation (early stopping) and hold-out (gate).</summary>
public sealed record SplitSettings
{
    /// <summary><c>leave-last</c>: each user's newest share; <c>period</c>: everything in the last days of the snapshot.</summary>
    [AllowedValues("leave-last", "period")]
    public string Kind { get; init; } = "leave-last";

    /// <summary>For <c>leave-last</c>: each user's newest share of positives that is held out, in (0, 1).</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double HoldOutShare { get; init; } = 0.2;

    /// <summary>For <c>leave-last</c>: the share before it that early stopping looks at, in (0, 1).</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>For <c>period</c>: days held out at the end.</summary>
    [Range(0.0, 3_650.0, MinimumIsExclusive = true)]
    public double HoldOutDays { get; init; } = 7;

    /// <summary>For <c>period</c>: days before them for early stopping.</summary>
    [Range(0.0, 3_650.0, MinimumIsExclusive = true)]
    public double ValidationDays { get; init; } = 7;
}
