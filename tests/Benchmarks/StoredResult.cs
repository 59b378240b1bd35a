using Retraining;
using Retraining.Artifacts;
using Retraining.Evaluation;
using TwoTower.Evaluation;

namespace Benchmarks;

/// <summary>A result as large as that of a weekly run: 3 kB of JSON.</summary>
internal static class StoredResult
{
    private static readonly ArtifactRef File = new("runs/retrain-2026-W47/evaluation.json", new string('a', 64), 1234);

    public static RetrainingResult Of(string version) => new()
    {
        Outcome = RetrainingOutcome.Published,
        Version = version,
        Location = $"two-tower/v3/{version}/",
        Verdict = new Verdict { Passed = true, File = File, Rules = [.. Enumerable.Range(0, 5).Select(Rule)] },
        Evaluation = new EvaluationReport
        {
            File = File,
            PerUser = File,
            Users = 1000,
            ItemEmbeddings = EmbeddingHealth.Of([1f, 0f, 0f, 1f], 2),
            Challenger = Metrics(),
            Champion = Metrics(),
            Popularity = Metrics(),
            ChampionVersion = "20191231_000000",
        },
    };

    private static GateRule Rule(int number) =>
        new($"rule-{number}", 0.2471, 0.005, true, "recall@10 is 0.2471, expected at least 0.0050: a sentence for a person, with the numbers");

    private static Dictionary<string, double> Metrics() => Enumerable.Range(1, 24).ToDictionary(k => $"recall@{k}", k => 1.0 / (k + 3));
}
