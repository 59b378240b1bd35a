using Retraining.Dataset;
using Retraining.Features;
using TwoTower.Model;

namespace Retraining.Tests.Features;

public sealed class GoldenPayloadsTests
{
    [Fact]
    public void Users_FiveOfForty_SpanFromFewLikesToManyWithTheirRows()
    {
        var data = World.Random(8);
        var asOf = World.At("2026-06-01");
        var spec = new FeatureFitter(new FeatureSettings(), data.Catalogue, data.Log, TimeSplit.Of(data.Log, new SplitSettings())).Fit(8, "u", "i");

        var golden = GoldenPayloads.Users(spec, data, asOf, 5);

        Assert.Equal(5, golden.Select(user => user.Payload.UserId).Distinct().Count());
        var likes = golden.Select(user => user.Payload.DecisionStats.LikeCount).ToArray();
        Assert.Equal(likes.Order(), likes);
        Assert.True(likes[^1] > likes[0] + 5);
        var history = new HistoryVectorizer(spec, data.Catalogue, data.Log);
        foreach (var user in golden)
        {
            var index = data.Log.IndexOf(user.Payload.UserId);
            var rows = new SparseRows(history.Columns);
            history.Write(index, data.Log.Offsets[index + 1], asOf.ToUnixTimeMilliseconds(), rows);
            var dense = new float[history.Columns];
            rows.CopyRowTo(0, dense);
            Assert.Equal(dense, user.Features);
        }
    }

    [Fact]
    public void Items_MoreThanThereAre_GivesAllOfThem()
    {
        var data = World.Random(8, videos: 3);
        var split = TimeSplit.AllTraining(data.Log);
        var spec = new FeatureFitter(new FeatureSettings(), data.Catalogue, data.Log, split).Fit(8, "u", "i");
        var golden = GoldenPayloads.Items(spec, data.Catalogue, ItemPopularity.Count(data.Log, split, 3), 10);

        Assert.Equal(3, golden.Select(item => item.Payload.VideoId).Distinct().Count());
        Assert.All(golden, item => Assert.Equal(spec.ItemInputDim, item.Features.Length));
    }
}
