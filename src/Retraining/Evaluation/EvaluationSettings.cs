namespace Retraining.Evaluation;

public sealed record EvaluationSettings
{
    /// <summary>Cut-offs of the ranking metrics.</summary>
    public IReadOnlyList<int> Ks { get; init; } = [10, 20, 50, 100];

    /// <summary>Bootstrap resamples over users for every interval.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Confidence of the intervals, in (0, 1).</summary>
    public double Confidence { get; init; } = 0.95;
    public int Seed { get; init; } = 7;
}
