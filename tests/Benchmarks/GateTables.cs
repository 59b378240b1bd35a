using System.Globalization;
using Retraining.Evaluation;
using Retraining.Tests.Evaluation;

namespace Benchmarks;

/// <summary>What the gate refuses, and what a year of small losses comes to, on simulated weeks: tables of docs/benchmarks.md.</summary>
internal static class GateTables
{
    public static void Run(BenchmarkArguments arguments)
    {
        var (weeks, years) = (arguments.Number("weeks", 400), arguments.Number("years", 40));
        var settings = new GateSettings { Resamples = arguments.Number("resamples", 400) };
        int[] sizes = [600, 6_000];

        double[] losses = [0, 0.05, 0.1, 0.15, 0.2, 0.3];
        Row(["users in the hold-out", .. losses.Select(Percent)]);
        foreach (var users in sizes)
        {
            var simulation = new GateSimulation(settings, users);
            Row([Count(users), .. losses.AsParallel().AsOrdered().Select(loss => Percent(simulation.Refused(loss, weeks)))]);
        }

        double[] declines = [0, 0.005, 0.01, 0.02, 0.04];
        Console.WriteLine();
        Row(["users in the hold-out", "held against", .. declines.Select(loss => loss.ToString("P1", CultureInfo.InvariantCulture))]);
        foreach (var users in sizes)
        {
            var simulation = new GateSimulation(settings, users);
            Row([Count(users), "the champion alone", .. declines.Select(loss => Years(simulation, loss, withReference: false, years))]);
            Row([Count(users), "champion and reference", .. declines.Select(loss => Years(simulation, loss, withReference: true, years))]);
        }
    }

    private static string Years(GateSimulation simulation, double loss, bool withReference, int years)
    {
        var ends = Enumerable.Range(0, years).AsParallel().AsOrdered().Select(seed => simulation.Year(loss, withReference, seed)).ToArray();
        return $"{Percent(ends.Average(end => end.Quality))} ({Percent(ends.Average(end => end.Published))})";
    }

    private static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture);

    private static string Count(int users) => users.ToString("N0", CultureInfo.InvariantCulture);

    private static void Row(string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");
}
