using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Retraining.Tests.Export;
using Retraining.Tests.Postgres.Serving;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Publish;

/// <summary><c>samples/python</c> on what is published and served.</summary>
public sealed class PythonSampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retrain-python-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PythonFact("numpy")]
    public async Task Check_PublishedVersion_EmbedsAsTheGoldenPayloadsSay()
    {
        await PublishAsync();

        using var report = JsonDocument.Parse((await RunAsync("check", _folder)).Output);

        Assert.Equal(TrainedRun.Version, report.RootElement.GetProperty("version").GetString());
        Assert.InRange(report.RootElement.GetProperty("difference").GetDouble(), 0, 1e-5);
        Assert.InRange(report.RootElement.GetProperty("text").GetDouble(), 0, 1e-6); // title and description, from the payload
    }

    [PythonFact("numpy", "torch")]
    public async Task Check_StateDictInPyTorch_HoldsTheWeightsThatGiveTheGoldenEmbeddings()
    {
        await PublishAsync();

        using var report = JsonDocument.Parse((await RunAsync("check", _folder)).Output);

        Assert.True(report.RootElement.GetProperty("torch").GetBoolean()); // torch.load(weights_only=True), tensor by tensor
        Assert.InRange(report.RootElement.GetProperty("difference").GetDouble(), 0, 1e-5);
    }

    [PythonFact("numpy")]
    public async Task Check_FileThatWasChanged_IsRefused()
    {
        await PublishAsync();
        await File.AppendAllTextAsync(Path.Combine(_folder, "golden.json"), " ");

        var (code, _, error) = await RunAsync("check", _folder);

        Assert.Equal(1, code);
        Assert.Contains("golden.json: SHA-256", error, StringComparison.Ordinal);
    }

    [PythonFact("numpy", "psycopg2")]
    public async Task RecommendAndSimilar_LiveVersion_AnswerAsTheDatabaseDoes()
    {
        var database = new ServedDatabase();
        await database.InitializeAsync();
        try
        {
            await using var index = await database.ServeAsync();
            var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);

            var dsn = $"host={address.Host} port={address.Port} dbname={address.Database} user={address.Username} password={address.Password}";

            using var recommended = JsonDocument.Parse((await RunAsync(["recommend", Generations.Ann.ToString(), "2"], dsn)).Output);
            using var similar = JsonDocument.Parse((await RunAsync(["similar", Generations.VideoId(0), "2"], dsn)).Output);

            Assert.Equal(
                [(Generations.VideoId(3), 1), (Generations.VideoId(4), 2)],
                recommended.RootElement.EnumerateArray().Select(row => (row[0].GetString()!, row[2].GetInt32())));
            Assert.Equal([Generations.VideoId(1), Generations.VideoId(3)], similar.RootElement.EnumerateArray().Select(row => row[0].GetString()));
            Assert.Equal(Math.Cos(Math.PI / 80), similar.RootElement[0][1].GetDouble(), 2e-3); // halves have 11 bits
            Assert.Equal("[]", (await RunAsync(["similar", Guid.Empty.ToString()], dsn)).Output.Trim());
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private async Task PublishAsync()
    {
        var run = await TrainedRun.CreateAsync();
        var set = await run.WriteManifestAsync();
        foreach (var file in set.Files.Append(set.Manifest))
            await File.WriteAllBytesAsync(Path.Combine(_folder, file.Name), run.Work.Files[file.Path]);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(arguments, database: null);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, string? database)
    {
        var script = Path.Combine(Documentation.RepositoryFolder.Path, "samples", "python", "two_tower.py");
        var start = new ProcessStartInfo(PythonFactAttribute.Python, [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DATABASE_URL"] = database;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
