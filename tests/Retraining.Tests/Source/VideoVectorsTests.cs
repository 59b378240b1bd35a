using System.Text.Json;
using Retraining.Dataset;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Source;

/// <summary>Precomputed vectors of videos from JSON files to snapshot, report and data contract.</summary>
public sealed class VideoVectorsTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sync_GoodAndBadVectors_KeepsEveryVideoAndNamesWhatWasPutAside()
    {
        _folder.Write(SourceFolder.Videos,
            """
            [{"id": "v1", "text_vector": [0.5, -1, 2]},
             {"id": "v2", "text_vector": "[1,2,3]", "image_vector": [4, 5]},
             {"id": "v3", "text_vector": [1, 2]},
             {"id": "v4", "text_vector": [1, NaN, 3]},
             {"id": "v5", "text_vector": "none"},
             {"id": "v6", "text_vector": {"a": 1}},
             {"id": "v7", "text_vector": [1, "2", 3]},
             {"id": "v8", "text_vector": [1, 1e400, 3]},
             {"id": "v9", "text_vector": null},
             {"id": "va", "text_vector": []}]
            """);
        var run = new SyncRun();

        var snapshot = await run.FromAsync(_folder.Path);

        var videos = (await run.ReadAsync(snapshot)).Catalogue.Videos;
        Assert.Equal(10, videos.Length);
        Assert.Equal([0.5f, -1, 2], videos[0].TextVector!);
        Assert.Equal([1, 2, 3], videos[1].TextVector!);
        Assert.Equal([4, 5], videos[1].ImageVector!);
        Assert.All(videos[2..], video => Assert.Null(video.TextVector));
        var report = await run.ReportAsync(snapshot);
        Assert.Equal([new("image_vector", new(2, 1, 0)), new("text_vector", new(3, 2, 6))], report.Vectors!);
        Assert.Equal(0, report.Videos.Quarantined);
        Assert.Equal(
            [
                "4 text_vector: NaN in place 2 of 3, expected a list of finite numbers",
                "5 text_vector: no list of numbers, expected a list of finite numbers",
                "6 text_vector: no list of numbers, expected a list of finite numbers",
                "7 text_vector: NaN in place 2 of 3, expected a list of finite numbers",
                "8 text_vector: Infinity in place 2 of 3, expected a list of finite numbers",
                "3 text_vector: 2 numbers, expected 3 numbers, as most videos have",
            ],
            run.Quarantine(snapshot).Select(Sentence));
    }

    [Theory]
    [InlineData(2, "3 numbers, expected 2 or fewer (source.max_vector_width)")]
    [InlineData(0, null)]
    public async Task Sync_WiderThanTheSetting_PutsAsideAndZeroReadsNone(int maxWidth, string? expected)
    {
        _folder.Write(SourceFolder.Videos, """[{"id": "v1", "text_vector": [1, 2, 3]}, {"id": "v2"}]""");
        var run = new SyncRun();

        var snapshot = await run.FromAsync(_folder.Path, new() { MaxVectorWidth = maxWidth });

        Assert.Null((await run.ReadAsync(snapshot)).Catalogue.Videos[0].TextVector);
        Assert.Equal(expected is null ? [] : [$"1 text_vector: {expected}"], run.Quarantine(snapshot).Select(Sentence));
    }

    [Theory]
    [InlineData("[1, 2, 3]", true)]
    [InlineData("[1, 2]", false)] // a third of them
    public async Task Contract_ShareOfVectorsPutAside_BlocksAboveTheLimit(string vector, bool passes)
    {
        _folder.Write(SourceFolder.Videos,
            $$"""
            [{"id": "v1", "title": "a", "text_vector": [1, 2, 3]}, {"id": "v2", "title": "a", "text_vector": [1, 2, 3]},
             {"id": "v3", "title": "a", "text_vector": {{vector}} }]
            """);
        var run = new SyncRun();
        var contract = new CheckContract(run.Work, _ => new MemoryArtifactStore());
        var settings = new ContractSettings { MinUsers = 1, MinPositives = 1, MaxOrphanShare = 1 };

        var error = await Record.ExceptionAsync(async () =>
            await contract.RunAsync(new(await run.FromAsync(_folder.Path), settings, new()), run.Context, default));

        Assert.Equal(passes, error is null);
        const string Rule = "text_vector of videos";
        Assert.Contains(Rule, run.Work.Text(ContractReport.PathOf("r1")), StringComparison.Ordinal);
        if (!passes)
            Assert.Contains($"{Rule}: found 33.33 % put aside; 2 of 3 videos have one, of 3 numbers", error!.Message, StringComparison.Ordinal);
    }

    private static string Sentence(string line)
    {
        using var entry = JsonDocument.Parse(line);
        string Text(string name) => entry.RootElement.GetProperty(name).ToString();
        Assert.Matches("^{\"id\":\"v.\"}$", Text("content"));
        return $"{Text("row")} {Text("field")}: {Text("found")}, expected {Text("expected")}";
    }
}
