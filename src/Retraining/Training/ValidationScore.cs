using Retraining.Evaluation;
using Retraining.Execution;
using TwoTower.Evaluation;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>How good a model is on the users that early stopping looks at, by one metric.</summary>
internal sealed class ValidationScore
{
    private const double ClearStandardErrors = 2;
    private readonly TrainingSet _set;
    private readonly HeldOutPart _part;
    private readonly bool[] _candidates;
    private readonly string _metric;
    private readonly int _cutOff;
    private readonly int _threads;
    private readonly SparseRows _queries;

    private ValidationScore(TrainingSet set, HeldOutPart part, bool[] candidates, string metric, int cutOff, int threads)
    {
        (_set, _part, _candidates, _metric, _cutOff, _threads) = (set, part, candidates, metric, cutOff, threads);
        _queries = part.Rows(set.Spec, set.Catalogue);
    }

    /// <param name="metric">As in <c>recall@10</c>.</param>
    /// <param name="threads">0 takes all cores. The result does not depend on it.</param>
    /// <returns>Null when nobody is held out.</returns>
    /// <exception cref="PermanentStageException">The metric is none that early stopping can compare.</exception>
    public static ValidationScore? Create(TrainingSet set, HeldOutPart part, bool[] candidates, string metric, int threads)
    {
        var cutOff = CutOff(metric);
        return part.Count == 0 ? null : new(set, part, candidates, metric, cutOff, threads);
    }

    public double Of(TwoTowerModel model, CancellationToken cancellationToken) => PerUser(model, cancellationToken).Average();

    public double[] PerUser(TwoTowerModel model, CancellationToken cancellationToken)
    {
        var scorer = new EmbeddingScorer(
            model.User.Embed(_queries, _threads, cancellationToken), model.Item.Embed(_set.Items, _threads, cancellationToken),
            model.Shape.EmbeddingDim);
        var lists = new FullCatalogueRanker { K = _cutOff, Threads = _threads }.Rank(scorer, _part.Known, _candidates, cancellationToken);
        return new RankingEvaluator { Ks = [_cutOff] }.Evaluate(lists, _part.Targets)[_metric].ToArray();
    }

    /// <summary>
    /// The best of many epochs looks good by chance on few users: training must lift the metric by two standard errors of the paired
    /// difference, otherwise the start stays.
    /// </summary>
    public static bool IsClearlyBetter(double[] after, double[] before)
    {
        double[] gains = [.. after.Zip(before, (trained, untrained) => trained - untrained)];
        var mean = gains.Average();
        var variance = gains.Sum(gain => (gain - mean) * (gain - mean)) / Math.Max(1, gains.Length - 1);
        return mean > ClearStandardErrors * Math.Sqrt(variance / gains.Length);
    }

    private static int CutOff(string metric)
    {
        var at = metric.IndexOf('@', StringComparison.Ordinal);
        var isKnown = at > 0 && metric[..at] is "recall" or "precision" or "map" or "ndcg" or "mrr";
        return isKnown && int.TryParse(metric[(at + 1)..], out var k) && k > 0
            ? k
            : throw new PermanentStageException($"gate.metric: {metric}, expected recall@k, precision@k, map@k, ndcg@k or mrr@k");
    }
}
