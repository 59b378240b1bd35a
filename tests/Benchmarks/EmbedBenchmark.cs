using System.Diagnostics;
using System.Text.Json;
using Retraining.Export;
using TwoTower.Model;
using TwoTower.Onnx;

namespace Benchmarks;

/// <summary>Embeds the catalogue with the sparse kernels and with ONNX Runtime on dense rows, in turn, and prints one line of JSON.</summary>
internal static class EmbedBenchmark
{
    public static void Run(BenchmarkArguments arguments)
    {
        var (threads, rounds) = (arguments.Number("threads", 1), arguments.Number("rounds", 5));
        var data = new SpeedData(arguments.Text("data", "data"), arguments.Text("feat", "ut"), 2048);
        var model = TwoTowerModel.Create(new() { UserInputDim = data.UserColumns, ItemInputDim = data.Items.Columns, LinearSkip = false }, 1);
        var file = OnnxExporter.Export([new("item", model.Item, "item_features", "item_embedding")], "item_tower", []);
        using var onnx = OnnxTower.Load(file, "item_tower.onnx", threads);

        var (rows, sparse, dense) = (data.Items.Rows, new List<double>(), new List<double>());
        var (ours, theirs) = (new float[rows * model.Shape.EmbeddingDim], new float[rows * model.Shape.EmbeddingDim]);
        var (ownCpu, otherCpu) = (0.0, 0.0);
        for (var round = 0; round <= rounds; round++)
        {
            var (own, cpu) = Time(() => Repeat(20, () => model.Item.Embed(data.Items, 0, rows, ours, threads, CancellationToken.None)));
            own /= 20;
            ownCpu += cpu / 20;
            (var other, cpu) = Time(() => onnx.Embed(data.Items, 0, rows, theirs));
            otherCpu += cpu;
            if (round > 0)
            {
                sparse.Add(rows / own);
                dense.Add(rows / other);
            }
        }

        var difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
        var ratios = sparse.Zip(dense, (a, b) => a / b).Order().ToArray();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            embed = "items",
            rows,
            threads,
            sparse_per_s = Math.Round(sparse.Order().ElementAt(rounds / 2)),
            onnx_per_s = Math.Round(dense.Order().ElementAt(rounds / 2)),
            ratio_min = Math.Round(ratios[0], 1),
            ratio_median = Math.Round(ratios[rounds / 2], 1),
            ratio_cpu = Math.Round(otherCpu / ownCpu, 1),
            sparse_per_cpu_s = Math.Round(rows * (rounds + 1) / ownCpu),
            onnx_per_cpu_s = Math.Round(rows * (rounds + 1) / otherCpu),
            largest_difference = difference,
        }));
    }

    private static void Repeat(int times, Action action)
    {
        for (var k = 0; k < times; k++)
            action();
    }

    /// <summary>Wall and processor seconds.</summary>
    private static (double Wall, double Cpu) Time(Action action)
    {
        using var process = Process.GetCurrentProcess();
        var (started, cpu) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        action();
        process.Refresh();
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds);
    }
}
