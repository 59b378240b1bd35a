using System.Numerics.Tensors;
using Retraining.Export;
using Retraining.Tests.Export;
using Retraining.Training;

namespace Retraining.Tests.Training;

public sealed class DislikesTests
{
    private static readonly TrainingSettings Settings = new()
    {
        EmbeddingDim = 16,
        HiddenDim = 24,
        BatchUsers = 32,
        LearningRate = 0.005,
        FactorTrials = false,
        Refit = false,
        Threads = 1,
    };

    [Theory]
    [InlineData("factors", "softmax", 0)] // the factors alone
    [InlineData("random", "softmax", 4)]
    [InlineData("random", "full-softmax", 4)]
    [InlineData("random", "bce", 4)]
    public async Task RunAsync_DislikesCount_RanksTurnedDownVideosLower(string start, string loss, int epochs)
    {
        var run = await TrainedRun.CreateAsync(sample: new() { Users = 200, Videos = 90, Decisions = 4000 });
        var settings = Settings with { Start = start, Loss = loss, Epochs = epochs, Patience = 4 };
        var (without, with) = (await MeanRankAsync(run, settings), await MeanRankAsync(run, settings with { DislikeWeight = 3 }));
        Assert.True(with > without + 0.02, $"at {with:F3} of the list with dislikes, {without:F3} without");
    }

    /// <summary>
    /// Where in a user's list the videos are that the user turned down in the training part: 0 first, 1 last; likes left out.
    /// </summary>
    private static async Task<double> MeanRankAsync(TrainedRun run, TrainingSettings settings)
    {
        var context = run.Context with { RunId = $"weight-{settings.DislikeWeight}" };
        var trained = await new TrainTowers(run.Work, _ => run.Published, TimeProvider.System).RunAsync(
            new(run.Data, settings, "recall@10", new()), context, CancellationToken.None);
        var model = await TrainedWeights.ReadAsync(run.Work, trained.Weights, CancellationToken.None);
        var set = await TrainingSet.ReadAsync(run.Work, run.Data, CancellationToken.None);
        var rows = new TwoTower.Model.SparseRows(set.Users.Columns);
        int[] users = [.. Enumerable.Range(0, set.Log.Users).Where(user => set.Split.ValidationStart[user] > set.Log.Offsets[user])];
        foreach (var user in users)
            set.Users.Write(user, set.Split.ValidationStart[user], set.Log.Time[set.Split.ValidationStart[user] - 1], rows);
        var embeddings = model.User.Embed(rows, 0, CancellationToken.None);
        var items = model.Item.Embed(set.Items, 0, CancellationToken.None);

        var ranks = new List<double>();
        for (var k = 0; k < users.Length; k++)
        {
            var user = embeddings.AsSpan(k * 16, 16).ToArray();
            var training = set.Split.Training(users[k]);
            var likes = set.Log.Item[training].Where((_, k) => set.Log.Positive[training][k]).ToHashSet();
            int[] list = [.. Enumerable.Range(0, set.Catalogue.Count).Where(item => !likes.Contains(item))
                .OrderByDescending(item => TensorPrimitives.Dot<float>(user, items.AsSpan(item * 16, 16)))];
            var turnedDown = set.Log.Item[training].Where(item => !likes.Contains(item));
            ranks.AddRange(turnedDown.Select(item => Array.IndexOf(list, item) / (double)list.Length));
        }

        return ranks.Average();
    }
}
