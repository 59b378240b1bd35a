using System.Diagnostics;

namespace Benchmarks;

/// <summary>What a person or a client waits for: the lists of a freshly started <c>retrain serve</c>, and <c>retrain history</c>.</summary>
internal static class RouteBenchmark
{
    private const string Key = "benchmark-key-0123456789";

    private static readonly string[] Routes =
    [
        "/healthz", "/runs", "/", "/api/runs?top=1000", "/runtime/webhooks/durabletask/instances?top=1000&showInput=false",
        "/runtime/webhooks/durabletask/instances?top=1000",
    ];

    /// <param name="journal"><c>folder</c> or <c>postgres</c>.</param>
    /// <param name="folder">Of the engine.</param>
    public static async Task RunAsync(string journal, string folder)
    {
        using (var serve = Start(journal, folder, "serve", "--url", "http://127.0.0.1:0", "--set", "schedule.enabled=false"))
        {
            using var client = new HttpClient { BaseAddress = await AddressAsync(serve) };
            client.DefaultRequestHeaders.Add("x-functions-key", Key);
            foreach (var route in Routes)
                await RequestAsync(client, route);
            serve.Kill();
        }

        await CommandAsync(journal, folder, "history", "--top", "1");
        await CommandAsync(journal, folder, "history", "--top", "1000");
        await CommandAsync(journal, folder, "history", "--top", "1000", "--json");
    }

    private static async Task RequestAsync(HttpClient client, string route)
    {
        var times = new List<double>();
        var size = 0;
        for (var i = 0; i < 3; i++)
        {
            var began = Stopwatch.GetTimestamp();
            size = (await client.GetByteArrayAsync(route)).Length;
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        Console.WriteLine($"  retrain serve, GET {route}, {size / 1024} KiB: {string.Join(", ", times.Select(time => $"{time:F1}"))} ms");
    }

    private static async Task CommandAsync(string journal, string folder, params string[] arguments)
    {
        var times = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var command = Start(journal, folder, arguments);
            await command.StandardOutput.ReadToEndAsync();
            await command.WaitForExitAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        Console.WriteLine(
            $"  retrain {string.Join(' ', arguments)}, the whole process: {string.Join(", ", times.Select(time => $"{time:F0}"))} ms");
    }

    private static async Task<Uri> AddressAsync(Process serve)
    {
        const string Listening = "Listening on ";
        while (await serve.StandardError.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(Listening, StringComparison.Ordinal))
                continue;
            _ = serve.StandardError.ReadToEndAsync();
            return new Uri(line[Listening.Length..]);
        }

        throw new InvalidOperationException("retrain serve ended before it listened");
    }

    private static Process Start(string journal, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "retrain.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TwoTower__Engine__Folder"] = folder;
        start.Environment["TwoTower__Engine__Journal"] = journal;
        start.Environment["TwoTower__Serving__Kind"] = "file";
        start.Environment["TwoTower__Serving__Folder"] = Path.Combine(folder, "index");
        start.Environment["RETRAIN_START_KEY"] = Key;
        return Process.Start(start)!;
    }
}
