using Retraining.Evaluation;

namespace Retraining.Tests.Evaluation;

/// <summary>
/// Weeks of a service whose models' true quality is known. A user has 1 to 10 targets; a model of quality 1 finds each with probability
/// 0.1, and two models agree on two hits in three. A model of quality q loses the share 1 − q of its hits.
/// </summary>
internal sealed class GateSimulation(GateSettings settings, int users)
{
    private const double HitShare = 0.1;

    /// <summary>Each model takes the common outcome of a target with this probability, so that two of them do with 2/3.</summary>
    private static readonly double Common = Math.Sqrt(2.0 / 3);

    private readonly GateRules _rules = new(settings);

    /// <summary>Share of the weeks in which a challenger is refused that truly loses the given share against the champion.</summary>
    public double Refused(double loss, int weeks)
    {
        var refused = 0;
        for (var week = 0; week < weeks; week++)
        {
            var recall = Measure(new(week), 1, 1 - loss);
            refused += Judge(GateRules.Champion, recall[1], recall[0]).Passed ? 0 : 1;
        }

        return (double)refused / weeks;
    }

    /// <summary>A year in which every challenger truly loses the given share against the champion of its week.</summary>
    /// <param name="loss">A week, in [0, 1).</param>
    /// <param name="withReference">Whether challengers are held against the reference, too.</param>
    /// <returns>True quality of the champion in the end, of 1 at the start, and the share of the weeks that published.</returns>
    public (double Quality, double Published) Year(double loss, bool withReference, int seed)
    {
        const int Weeks = 52;
        var random = new Random(seed);
        double champion = 1, reference = 1;
        var published = 0;
        for (var week = 0; week < Weeks; week++)
        {
            var challenger = champion * (1 - loss);
            var recall = Measure(random, champion, challenger, reference);
            var beside = reference == champion
                ? Judge(GateRules.Champion, recall[1], recall[0])
                : Judge(GateRules.Reference, recall[1], recall[2]);
            if ((withReference && !beside.Passed) || !Judge(GateRules.Champion, recall[1], recall[0]).Passed)
                continue;
            published++;
            champion = challenger;
            if (beside.Low > 0)
                reference = challenger;
        }

        return (champion, (double)published / Weeks);
    }

    private GateRule Judge(string rule, double[] challenger, double[] other) =>
        _rules.NotWorse(rule, challenger, other, "20260101_000000", CancellationToken.None);

    /// <summary>Recall@10 by user of a model of each quality, on the same hold-out.</summary>
    public double[][] Measure(Random random, params double[] qualities)
    {
        double[][] recall = [.. qualities.Select(_ => new double[users])];
        for (var user = 0; user < users; user++)
        {
            var targets = 1 + random.Next(10);
            for (var k = 0; k < targets; k++)
            {
                var common = random.NextDouble() < HitShare;
                for (var model = 0; model < qualities.Length; model++)
                {
                    var hit = random.NextDouble() < Common ? common : random.NextDouble() < HitShare;
                    recall[model][user] += hit && random.NextDouble() < qualities[model] ? 1.0 / targets : 0;
                }
            }
        }

        return recall;
    }
}
