using System.Text;
using Retraining.Evaluation;

namespace Retraining.Operations;

/// <summary>The two metrics that people are told, beside champion and popularity; a line each.</summary>
internal static class Headline
{
    public static string Of(EvaluationReport evaluation)
    {
        var text = new StringBuilder();
        foreach (var (metric, value) in evaluation.Challenger.OrderBy(metric => metric.Key, StringComparer.Ordinal).Where(metric => IsTold(metric.Key)))
        {
            text.Append($"\n{metric} {value:F4}, popularity {evaluation.Popularity.GetValueOrDefault(metric):F4}");
            if (evaluation.Champion is { } champion)
                text.Append($", champion {evaluation.ChampionVersion} {champion.GetValueOrDefault(metric):F4}");
        }

        return text.ToString();
    }

    private static bool IsTold(string metric) => metric is "recall@10" or "ndcg@10";
}
