namespace Retraining.Source;

/// <summary>Size and seed of a generated data set. The same settings give the same bytes.</summary>
public sealed record SampleSettings
{
    public int Users { get; init; } = 2_000;
    public int Videos { get; init; } = 3_000;

    /// <summary>Decisions over all users, likes and nopes together; met to within rounding.</summary>
    public int Decisions { get; init; } = 60_000;

    public int Seed { get; init; } = 1;

    /// <summary>The last day of the data (UTC); the first lies a year before.</summary>
    public DateOnly End { get; init; } = new(2025, 6, 30);
}
