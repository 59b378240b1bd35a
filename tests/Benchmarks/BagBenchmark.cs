using System.Diagnostics;
using System.Text.Json;
using TwoTower.Kernels;
using TwoTower.Model;
using TwoTower.Training;

namespace Benchmarks;

/// <summary>Times the parts of the sparse first layer on a batch of the speed data.</summary>
internal static class BagBenchmark
{
    public static void Run(BenchmarkArguments arguments)
    {
        var level = Enum.Parse<SimdLevel>(arguments.Text("simd", Simd.Best.ToString()));
        var data = new SpeedData(arguments.Text("data", "data"), arguments.Text("feat", "u"), arguments.Number("B", 2048));
        using var team = new WorkTeam(arguments.Number("threads", 1));
        var batch = new TrainingBatch(data.UserColumns);
        data.Fill(0, 0, batch);
        var tower = new TowerTrainer(new Tower(new(data.UserColumns, 256, 128, false)), level, team);
        var pass = tower.Pass;
        tower.Forward(batch.Users, DropoutMask.None);
        tower.Backward.Run();
        var columns = new ColumnIndex(data.UserColumns);
        var step = AdamStep.Create(1, 1e-3, new());
        var fresh = new TrainingBatch(data.UserColumns);
        Time("fill", () =>
        {
            fresh.Clear();
            data.Fill(0, 0, fresh);
        });
        Time("forward", () => pass.Run(batch.Users, 0, batch.Users.Rows, DropoutMask.None));
        Time("gather", pass.GatherOnly);
        Time("columns", () => columns.Build(batch.Users, team));
        Time("backward", tower.Backward.Run);
        Time("update", () => tower.Update.UpdateDirectly(step));
    }

    private static void Time(string name, Action action)
    {
        var times = new List<double>();
        for (var k = 0; k < 150; k++)
        {
            var begun = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        Console.WriteLine(JsonSerializer.Serialize(new { part = name, best_ms = Math.Round(times.Min(), 3), p10_ms = Math.Round(times.Order().ElementAt(15), 3), median_ms = Math.Round(times.Order().ElementAt(75), 3) }));
    }
}
