using Retraining.Benchmark;
using Retraining.Execution;

namespace Retraining.Tests.Benchmark;

public sealed class SplitBenchmarkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("benchmark-");

    [Fact]
    public async Task RunAsync_TwoTastes_BeatsPopularity()
    {
        var result = await RunAsync(Request());
        Assert.Equal("weak", result.Generalisation);
        Assert.Equal(40, result.Users);
        Assert.True(result.TwoTower["recall@10"] > result.Popularity["recall@10"] + 0.1, $"{result.TwoTower["recall@10"]} against {result.Popularity["recall@10"]}");
        Assert.All(BenchmarkResult.Headline, metric => Assert.True(result.TwoTower.ContainsKey(metric)));
    }

    [Fact]
    public async Task RunAsync_FoldIn_ScoresNewUsers()
    {
        var result = await RunAsync(Request() with { Valid = null, FoldIn = Write("fold.csv", Rows("new", k => k % 5 != 4)), Test = Write("new.csv", Rows("new", k => k % 5 == 4)) });
        Assert.Equal("strong", result.Generalisation);
        Assert.True(result.TwoTower["recall@10"] > result.Popularity["recall@10"] + 0.1);
    }

    [Theory]
    [InlineData(0)] // the factors alone
    [InlineData(3)]
    public async Task RunAsync_ColdItems_AreFoundFromTheirTagsThreeTimesAsOftenAsByChance(int epochs)
    {
        // 1,000 items of twenty tags, a quarter of which lose all interactions: the users like items of one tag
        var videos = Enumerable.Range(0, 1000).Select(item => $$"""{"id": "v{{item}}", "tags": ["t{{item % 20}}"]}""");
        var request = Request() with
        {
            Train = Write("train.csv", Tagged(k => k < 8)),
            Valid = Write("valid.csv", Tagged(k => k is 8 or 9)),
            Test = Write("test.csv", Tagged(k => k >= 10)),
            Videos = Write("videos.json", "[" + string.Join(",", videos) + "]"),
            ColdShare = 0.25,
        };
        var result = await RunAsync(request with { Training = request.Training with { EmbeddingDim = 16, Epochs = epochs } });

        Assert.InRange(result.Items, 200, 270); // only they are ranked
        Assert.InRange(result.Random["recall@50"], 0.18, 0.25); // 50 of them
        var (found, chance) = (result.TwoTower["recall@50"], result.Random["recall@50"]);
        Assert.True(found >= 3 * chance, $"{found} against {chance} by chance");
    }

    [Fact]
    public async Task ReadAsync_ColdItems_AreNowhereButInWhatIsToBeFound()
    {
        var split = await BenchmarkSplit.ReadAsync(Request() with { ColdShare = 0.2 }, CancellationToken.None);
        var cold = Enumerable.Range(0, split.Catalogue.Count).Where(item => split.Ranked[item]).ToHashSet();
        Assert.Equal(12, cold.Count);
        Assert.DoesNotContain(split.Log.Item.Concat(split.FullLog.Item), cold.Contains);
        Assert.DoesNotContain(cold, item => split.Candidates[item]);
        for (var user = 0; user < split.Test.Count; user++)
        {
            Assert.All(split.Test.Targets[user].ToArray(), item => Assert.Contains(item, cold));
            Assert.DoesNotContain(split.Test.Known[user].ToArray(), cold.Contains);
        }
    }

    [Fact]
    public async Task RunAsync_SeveralSeeds_ReportsTheSpread()
    {
        var result = await RunAsync(Request() with { Seeds = [1, 2] });
        Assert.Equal(2, result.BestEpochs.Count);
        Assert.Contains(result.Spread.Values, spread => spread > 0);
    }

    [Fact]
    public async Task RunAsync_AblationOfOneChange_RunsThatAlone()
    {
        var results = await new Ablation(TimeProvider.System).RunAsync(
            Request(), ["no training after the start"], new Progress<StageProgress>(), (_, _) => { }, CancellationToken.None);
        Assert.Equal(0, Assert.Single(results).Result.BestEpochs[0]);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => new Ablation(TimeProvider.System).RunAsync(
            Request(), ["no training"], new Progress<StageProgress>(), (_, _) => { }, CancellationToken.None));
        Assert.Contains("--ablation: no training, expected some of: as it is; no training after the start;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WholeAblation_RunsThrough()
    {
        var request = Request();
        var quick = request.Training with { Epochs = 1, Refit = false, FactorTrials = false, FactorSweeps = 2 };
        var results = await new Ablation(TimeProvider.System).RunAsync(
            request with { Training = quick }, [], new Progress<StageProgress>(), (_, _) => { }, CancellationToken.None);
        Assert.Equal(Ablation.Changes, results.Select(entry => entry.Change));
        Assert.All(results, entry => Assert.InRange(entry.Result.TwoTower["ndcg@100"], 0.01, 1));
    }

    [Theory]
    [InlineData("user_id,rating\na,1\n", "line 1: columns user_id, rating, expected user_id and item_id")]
    [InlineData("user_id,item_id,rating,timestamp\na,b,1,yesterday\n", "line 2, timestamp: yesterday, expected unix seconds")]
    [InlineData("user_id,item_id,rating,timestamp\n,b,1,5\n", "line 2, user_id: nothing, expected an id")]
    public async Task RunAsync_BrokenRow_NamesLineAndField(string text, string expected)
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => RunAsync(Request() with { Train = Write("broken.csv", text) }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_MissingFile_NamesIt()
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => RunAsync(Request() with { Test = "nowhere.csv" }));
        Assert.Contains("nowhere.csv: no such file", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<BenchmarkResult> RunAsync(BenchmarkRequest request) =>
        new SplitBenchmark(TimeProvider.System).RunAsync(request, new Progress<StageProgress>(), CancellationToken.None);

    private BenchmarkRequest Request() => new()
    {
        Train = Write("train.csv", Rows("user", k => k % 5 < 3)),
        Valid = Write("valid.csv", Rows("user", k => k % 5 == 3)),
        Test = Write("test.csv", Rows("user", k => k % 5 == 4)),
        Videos = Write("videos.json", "[" + string.Join(",", Enumerable.Range(0, 60).Select(item => $$"""{"id": "v{{item}}", "tags": ["t{{item % 2}}"]}""")) + "]"),
        Training = new() { EmbeddingDim = 8, HiddenDim = 8, Epochs = 3, BatchUsers = 16, Threads = 1 },
    };

    /// <summary>40 users, half of whom like even items and half odd ones: 15 of 30 each, in an order of their own; k counts a user's items.</summary>
    private static string Rows(string prefix, Func<int, bool> isIn)
    {
        var text = new System.Text.StringBuilder("user_id,item_id,rating,timestamp\n");
        for (var user = 0; user < 40; user++)
        {
            var random = new Random(user);
            var items = Enumerable.Range(0, 30).Select(k => (2 * k) + (user % 2)).OrderBy(_ => random.Next()).Take(15).ToArray();
            for (var k = 0; k < items.Length; k++)
            {
                if (isIn(k))
                    text.Append(prefix).Append(user).Append(",v").Append(items[k]).Append(",5,").Append(1_600_000_000 + (k % 5 * 1000) + k).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>400 users, each of whom likes 15 of the 50 items of one tag, in an order of their own; k counts a user's items.</summary>
    private static string Tagged(Func<int, bool> isIn)
    {
        var text = new System.Text.StringBuilder("user_id,item_id,rating,timestamp\n");
        for (var user = 0; user < 400; user++)
        {
            var random = new Random(user);
            var items = Enumerable.Range(0, 50).Select(k => (20 * k) + (user % 20)).OrderBy(_ => random.Next()).Take(15).ToArray();
            for (var k = 0; k < items.Length; k++)
            {
                if (isIn(k))
                    text.Append("user").Append(user).Append(",v").Append(items[k]).Append(",5,").Append(1_600_000_000 + k).Append('\n');
            }
        }

        return text.ToString();
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
