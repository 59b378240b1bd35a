using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TwoTower.Kernels;
using TwoTower.Model;
using TwoTower.Training;

namespace Benchmarks;

/// <summary>Trains on the speed data for some seconds or epochs and prints one line of JSON.</summary>
internal static class TrainBenchmark
{
    private const int WarmUpSteps = 20;

    public static void Run(BenchmarkArguments arguments)
    {
        var batch = arguments.Number("B", 2048);
        var (loss, dim, threads) = (arguments.Text("loss", "softmax"), arguments.Number("D", 128), arguments.Number("threads", 1));
        var data = new SpeedData(arguments.Text("data", "data"), arguments.Text("feat", "u"), batch, arguments.Number("per-user", 1));
        var options = new TrainerOptions
        {
            LearningRate = 1e-3,
            Temperature = loss == "bce" ? 0.1 : 0.07,
            Loss = loss == "bce" ? TrainingLoss.BinaryCrossEntropy : TrainingLoss.InBatchSoftmax,
            Negatives = arguments.Number("K", 3),
            LogQCorrection = false,
            CorrectPositive = false,
            Threads = threads,
            Seed = arguments.Number("seed", 1),
        };
        var shape = new ModelShape
        {
            UserInputDim = data.UserColumns,
            ItemInputDim = data.Items.Columns,
            HiddenDim = arguments.Number("H", 256),
            EmbeddingDim = dim,
            LinearSkip = false,
        };
        var level = Enum.Parse<SimdLevel>(arguments.Text("simd", Simd.Best.ToString()));
        using var loop = Start(shape, data, options, level, arguments.Number("exact", 0) == 1);
        GC.Collect(); // the weights that the loop was started from
        var flop = new StepFlop(shape, data.Items, options);
        var run = Train(loop, data, flop, arguments);
        var roof = Roofline.Measure(level, threads);
        var figures = new SortedDictionary<string, object>
        {
            ["loss"] = loss,
            ["D"] = dim,
            ["B"] = batch,
            ["threads"] = threads,
            ["per_user"] = arguments.Number("per-user", 1),
            ["simd"] = level.ToString(),
            ["steps"] = run.Seconds.Count,
            ["ex_s"] = Math.Round(batch / Median(run.Seconds)),
            ["ex_s_p90"] = Math.Round(batch / run.Seconds.Order().ElementAt(run.Seconds.Count / 10)),
            ["ex_cpu"] = Math.Round(batch * run.CountedSteps / run.CpuSeconds),
            ["ms"] = run.Phases.ToDictionary(phase => phase.Key, phase => Math.Round(1000 * Median(phase.Value), 2)),
            ["ms_best"] = run.Phases.ToDictionary(phase => phase.Key, phase => Math.Round(1000 * Best(phase.Value), 2)),
            ["roof_gflops"] = Math.Round(roof / 1e9, 1),
            ["flop_nominal"] = Math.Round(flop.PerStep.Nominal / batch),
            ["flop_executed"] = Math.Round(flop.PerStep.Executed / batch),
            ["share_nominal"] = Math.Round(flop.PerStep.Nominal / Median(run.Seconds) / roof, 3),
            ["share_executed"] = Math.Round(flop.PerStep.Executed / Median(run.Seconds) / roof, 3),
            ["loss0"] = Math.Round(run.Losses[0], 4),
            ["lossN"] = Math.Round(run.Losses.TakeLast(30).Average(), 4),
            ["bytes_per_step"] = run.BytesPerStep,
        };
        if (arguments.Number("eval", 0) == 1)
        {
            var model = new TwoTowerModel(shape);
            loop.StoreWeights(model);
            figures["recall100"] = Ranking.RecallAt100(model, data, users: 10_000, threads);
        }

        using var process = Process.GetCurrentProcess();
        figures["rss_mb"] = process.PeakWorkingSet64 >> 20;
        Console.WriteLine(JsonSerializer.Serialize(figures));
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // or the weights would stay reachable
    private static TrainingLoop Start(ModelShape shape, SpeedData data, TrainerOptions options, SimdLevel level, bool exact)
    {
        var model = TwoTowerModel.Create(shape, options.Seed, new() { Output = 1 / Math.Sqrt(3 * shape.HiddenDim) });
        return new TrainingLoop(model, data.Items, data, options, level, exact);
    }

    private static Measurement Train(TrainingLoop loop, SpeedData data, StepFlop flop, BenchmarkArguments arguments)
    {
        var (seconds, epochs) = (arguments.Real("seconds", 20), arguments.Real("epochs", 0));
        var steps = epochs > 0 ? (long)(epochs * data.StepsPerEpoch) : long.MaxValue;
        var measured = new Measurement();
        var mark = 0L;
        loop.PhaseEnded = phase =>
        {
            var now = Stopwatch.GetTimestamp();
            measured.Phase(phase).Add(Stopwatch.GetElapsedTime(mark, now).TotalSeconds);
            mark = now;
        };
        using var process = Process.GetCurrentProcess();
        var (started, cpu, bytes) = (Stopwatch.GetTimestamp(), TimeSpan.Zero, 0L);
        for (long step = 0; step < steps; step++)
        {
            if (epochs == 0 && step >= WarmUpSteps + 4 && Stopwatch.GetElapsedTime(started).TotalSeconds >= seconds)
                break;
            if (step == WarmUpSteps)
                (cpu, bytes) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes());
            mark = Stopwatch.GetTimestamp();
            var begun = mark;
            measured.Losses.Add(loop.Step((int)(step / data.StepsPerEpoch), (int)(step % data.StepsPerEpoch)).Loss);
            if (step >= WarmUpSteps)
                measured.Seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            flop.Count(loop.Batch, loop.ItemTower.Pass.Rows);
        }

        process.Refresh();
        measured.CountedSteps = measured.Seconds.Count;
        measured.CpuSeconds = (process.TotalProcessorTime - cpu).TotalSeconds;
        measured.BytesPerStep = (GC.GetTotalAllocatedBytes() - bytes) / measured.CountedSteps;
        return measured;
    }

    private static double Best(List<double> values) => values.Order().ElementAt(values.Count / 20);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class Measurement
    {
        public List<double> Seconds { get; } = new(100_000);

        public List<double> Losses { get; } = new(100_000);

        public Dictionary<string, List<double>> Phases { get; } = [];

        public double CpuSeconds { get; set; }

        public int CountedSteps { get; set; }

        public long BytesPerStep { get; set; }

        public List<double> Phase(string name)
        {
            if (!Phases.TryGetValue(name, out var list))
                Phases[name] = list = new(100_000);
            return list;
        }
    }
}
