using Retraining.Dataset;
using Retraining.Features;
using Retraining.Tests.Source;
using TwoTower.Model;

namespace Retraining.Tests.Features;

public sealed class MovieLensFeaturesTests
{
    [MovieLensSmallFact]
    public async Task Vectors_RealHistories_AreFiniteUnitAndEqualToTheirPayloads()
    {
        var run = new SyncRun();
        var snapshot = await run.FromAsync(MovieLensSmallFactAttribute.Folder!);
        var data = await run.ReadAsync(snapshot);
        var split = TimeSplit.Of(data.Log, new SplitSettings());
        var spec = new FeatureFitter(new FeatureSettings(), data.Catalogue, data.Log, split).Fit(128, "user_features", "item_features");
        var history = new HistoryVectorizer(spec, data.Catalogue, data.Log);
        var payloads = new UserVectorizer(spec);
        var rows = new SparseRows(history.Columns);
        var dense = new float[history.Columns];
        var heldOut = 0;
        for (var user = 0; user < data.Log.Users; user += 10)
        {
            var end = split.HoldOutStart[user];
            var asOf = end < data.Log.Offsets[user + 1] ? data.Log.Time[end] : snapshot.AsOf.ToUnixTimeMilliseconds();
            heldOut += split.HoldOutTargets(user).Length;
            rows.Clear();
            history.Write(user, end, asOf, rows);
            rows.CopyRowTo(0, dense);

            Assert.All(dense, value => Assert.True(float.IsFinite(value)));
            Assert.Equal(payloads.Vector(history.Payload(user, end, asOf), DateTimeOffset.FromUnixTimeMilliseconds(asOf)), dense);
            Assert.Equal(1, Length(dense, spec.UserColumns("liked_videos")), 1e-4);
            Assert.Equal(1, Length(dense, spec.UserColumns("tag_vector")), 1e-4);
        }

        Assert.InRange(heldOut, 300, 1500); // 61 users with 48,580 / 610 likes each, a fifth of them less the ties
        Assert.InRange(spec.UserInputDim, 1_000, 32_767);
    }

    private static double Length(float[] vector, Range columns) => Math.Sqrt(vector[columns].Sum(value => (double)value * value));
}
