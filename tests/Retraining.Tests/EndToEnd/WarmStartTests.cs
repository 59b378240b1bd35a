using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Configuration;
using Retraining.Host.Composition;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Source;
using Retraining.Training;

namespace Retraining.Tests.EndToEnd;

/// <summary>Two weeks of a service through the whole pipeline; the second starts from what the first published.</summary>
public sealed class WarmStartTests : IDisposable
{
    private static readonly DateTimeOffset FirstSunday = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("warm-");

    [Fact]
    public async Task RunAsync_SecondWeek_GoesOnFromTheFirstAndIsJudgedBesideIt()
    {
        await WriteSampleAsync(share: 0.5);
        var first = await RunAsync("first", week: 0, dryRun: false);
        Assert.Equal(RetrainingOutcome.Published, first.Result!.Outcome);
        Assert.Equal("factors", Trained(first).Start); // nothing is live yet

        await WriteSampleAsync(share: 1);
        var (once, again) = (await RunAsync("second", week: 1, dryRun: true), await RunAsync("again", week: 1, dryRun: true));
        Assert.Equal($"champion {first.Result.Version}", Trained(once).Start);
        Assert.Equal(Trained(once).Weights.Sha256, Trained(again).Weights.Sha256);
        Assert.Equal(first.Result.Version, once.Result!.Evaluation.ChampionVersion);
        Assert.Contains(once.Result.Verdict.Rules, rule => rule.Name == "not-worse-than-champion");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static TrainedModel Trained(RunState run) =>
        JsonSerializer.Deserialize<TrainedModel>(run.Stages.Single(stage => stage.Name == Stages.TrainTowers.Name).ResultJson!, JsonSerializerOptions.Web)!;

    private async Task<RunState> RunAsync(string runId, int week, bool dryRun)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["TwoTower__Source__Folder"] = PathOf("sample"),
            ["TwoTower__Engine__Folder"] = PathOf("work"),
            ["TwoTower__Publish__Folder"] = PathOf("published"),
            ["TwoTower__Serving__Kind"] = "file",
            ["TwoTower__Serving__Folder"] = PathOf("index"),
            ["TwoTower__Training__Start"] = "champion",
            ["TwoTower__Training__Epochs"] = "2",
            ["TwoTower__Training__EmbeddingDim"] = "16",
            ["TwoTower__Training__HiddenDim"] = "16",
            ["TwoTower__Evaluation__Resamples"] = "100",
            ["TwoTower__Gate__MinOverPopularity"] = "0",
            ["TwoTower__Gate__MaxLoss"] = "1",
        };
        await using var services = new ServiceCollection()
            .AddRetraining(SettingsResolver.Create(null, variables, []), HostSecrets.From(variables))
            .BuildServiceProvider();
        var engine = services.GetRequiredService<LocalEngine>();
        var request = new RetrainingRequest { Settings = services.GetRequiredService<RetrainingSettings>(), StartedBy = "test", DryRun = dryRun };
        await engine.StartAsync(request, runId, FirstSunday.AddDays(7 * week), CancellationToken.None);
        var run = await engine.WaitAsync(runId, CancellationToken.None);
        Assert.True(run!.Status == RunStatus.Completed, run.Error);
        return run;
    }

    /// <summary>Three hundred users and the older part of their decisions.</summary>
    private async Task WriteSampleAsync(double share)
    {
        await SampleGenerator.WriteAsync(PathOf("sample"), new() { Users = 300, Videos = 120, Decisions = 6000 }, CancellationToken.None);
        var path = PathOf("sample/user_video_decisions.json");
        var rows = JsonSerializer.Deserialize<List<Dictionary<string, JsonElement>>>(await File.ReadAllTextAsync(path))!;
        var older = rows.OrderBy(row => row["created_at"].GetDateTimeOffset()).Take((int)(share * rows.Count));
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(older));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
