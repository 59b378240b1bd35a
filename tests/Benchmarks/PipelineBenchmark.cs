using System.Diagnostics;
using System.Text.Json;
using Retraining.Dataset;
using Retraining.Features;
using Retraining.Training;
using TwoTower.Kernels;
using TwoTower.Model;
using TwoTower.Training;

namespace Benchmarks;

/// <summary>The pipeline's own training with its default settings: rows made of histories, then steps. Prints one line of JSON.</summary>
internal static class PipelineBenchmark
{
    private const int WarmUpSteps = 20;

    public static void Run(BenchmarkArguments arguments)
    {
        var data = HistoryData.Read(arguments.Text("data", "data"));
        var settings = new TrainingSettings { Threads = arguments.Number("threads", 1), BatchUsers = arguments.Number("users", 256) };
        var split = TimeSplit.Of(data.Log, new SplitSettings());
        var spec = new FeatureFitter(new FeatureSettings(), data.Catalogue, data.Log, split).Fit(settings.EmbeddingDim, "u", "i");
        var set = TrainingSet.Build(data.Catalogue, data.Log, split, spec, CancellationToken.None);
        var examples = new HistoryExamples(
            set.Users, set.Log, split, set.Catalogue.Count, TrainingPlan.Examples(settings, HistoryMode.Causal), CancellationToken.None);
        var options = TrainingPlan.Options(settings, settings.Temperature, spec.ItemColumns("video_id"), settings.Patience);
        var shape = new ModelShape
        {
            UserInputDim = spec.UserInputDim,
            ItemInputDim = spec.ItemInputDim,
            HiddenDim = settings.HiddenDim,
            EmbeddingDim = settings.EmbeddingDim,
        };
        using var loop = new TrainingLoop(TwoTowerModel.Create(shape, 1), set.Items, examples, options, Simd.Best);
        Measure(loop, examples, arguments.Real("seconds", 10), settings.Threads);
    }

    private static void Measure(TrainingLoop loop, HistoryExamples examples, double limit, int threads)
    {
        var (phases, seconds, positives, values) = (new Dictionary<string, List<double>>(), 0.0, 0L, 0L);
        var (mark, started) = (0L, Stopwatch.GetTimestamp());
        loop.PhaseEnded = phase =>
        {
            var now = Stopwatch.GetTimestamp();
            (phases.TryGetValue(phase, out var list) ? list : phases[phase] = []).Add(Stopwatch.GetElapsedTime(mark, now).TotalMilliseconds);
            mark = now;
        };
        var steps = 0;
        for (; steps < WarmUpSteps || Stopwatch.GetElapsedTime(started).TotalSeconds < limit; steps++)
        {
            var begun = mark = Stopwatch.GetTimestamp();
            var report = loop.Step(steps / examples.StepsPerEpoch, steps % examples.StepsPerEpoch);
            if (steps < WarmUpSteps)
                continue;
            (seconds, positives, values) =
                (seconds + Stopwatch.GetElapsedTime(begun).TotalSeconds, positives + report.Targets, values + loop.Batch.Users.NonZeros);
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            pipeline = "default settings",
            threads,
            users = loop.Batch.Users.Rows,
            steps,
            ex_s = Math.Round(positives / seconds),
            values_per_user = values / (steps - WarmUpSteps) / loop.Batch.Users.Rows,
            ms = phases.ToDictionary(phase => phase.Key, phase => Math.Round(phase.Value.Order().ElementAt(phase.Value.Count / 2), 2)),
        }));
    }
}
