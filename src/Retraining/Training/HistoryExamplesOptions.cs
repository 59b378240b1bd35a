namespace Retraining.Training;

/// <summary>How examples are drawn from histories.</summary>
public sealed record HistoryExamplesOptions
{
    public int Seed { get; init; } = 42;

    /// <summary>Users drawn for a step, with replacement.</summary>
    public int BatchUsers { get; init; } = 256;

    /// <summary>Most targets of one drawn user.</summary>
    public int TargetsPerUser { get; init; } = 4;

    public HistoryMode Mode { get; init; } = HistoryMode.Causal;

    /// <summary>Causal: targets are drawn among this many likes that follow a point in the history.</summary>
    public int TargetWindow { get; init; } = 16;

    /// <summary>Causal: fewest likes before that point.</summary>
    public int MinHistory { get; init; } = 1;

    /// <summary>A user with n likes is drawn with a probability in proportion to n to this power: 0 all alike, 1 by activity.</summary>
    public double ActivityPower { get; init; } = 0.5;

    /// <summary>Smallest share of a history that the bags see; the share of a row is drawn between this and 1. 1: always the whole.</summary>
    public double KeepHistory { get; init; } = 1;

    /// <summary>Longer histories are thinned at random to about this many events for the bags; 0: never.</summary>
    public int MaxHistory { get; init; }

    /// <summary>
    /// Causal: share of rows whose ages and 30-day windows count back from the end of the whole training part and not from the earliest
    /// target, as serving sees a user who has been away; in [0, 1]. The history stays what came before the target.
    /// </summary>
    public double LateShare { get; init; } = 0.25;

    /// <summary>A target that is d days older than the newest training event weighs 2^(-d / this) in the loss; 0: age does not matter.</summary>
    public double RecencyHalfLifeDays { get; init; }

    /// <summary>Steps in one epoch; 0: as many as see each training like once on average.</summary>
    public int StepsPerEpoch { get; init; }
}
