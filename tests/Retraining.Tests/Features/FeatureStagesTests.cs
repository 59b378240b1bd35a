using Retraining.Dataset;
using Retraining.Features;
using Retraining.Source;
using Retraining.Tests.Source;

namespace Retraining.Tests.Features;

public sealed class FeatureStagesTests
{
    [Fact]
    public async Task RunAsync_SampleData_WritesTablesThatReadBackAsTheVectors()
    {
        var folder = Directory.CreateTempSubdirectory("features").FullName;
        try
        {
            await SampleGenerator.WriteAsync(folder, new SampleSettings { Users = 60, Videos = 80, Decisions = 1000 }, CancellationToken.None);
            var run = new SyncRun();
            var snapshot = await run.FromAsync(folder);
            var split = new SplitSettings();

            var fitted = await new FitFeatures(run.Work).RunAsync(new(snapshot, split, new FeatureSettings(), 16, "user_features", "item_features"), run.Context, default);
            var users = await new BuildUserFeatures(run.Work).RunAsync(new(snapshot, fitted), run.Context, default);
            var items = await new BuildItemFeatures(run.Work).RunAsync(new(snapshot, fitted, split), run.Context, default);

            var data = await run.ReadAsync(snapshot);
            var spec = await FeatureSpec.ReadAsync(run.Work, fitted, default);
            Assert.Equal((data.Log.Users, fitted.UserInputDim, data.Catalogue.Count, fitted.ItemInputDim), (users.Rows, users.Columns, items.Rows, items.Columns));
            var (userIds, userRows) = await FeatureTableFile.ReadAsync(run.Work, users, default);
            Assert.Equal(data.Log.UserIds, userIds);
            var history = new HistoryVectorizer(spec, data.Catalogue, data.Log);
            var dense = new float[users.Columns];
            for (var user = 0; user < userIds.Length; user += 7)
            {
                userRows.CopyRowTo(user, dense);
                var payload = history.Payload(user, data.Log.Offsets[user + 1], snapshot.AsOf.ToUnixTimeMilliseconds());
                Assert.Equal(new UserVectorizer(spec).Vector(payload, snapshot.AsOf), dense);
            }

            var (itemIds, itemRows) = await FeatureTableFile.ReadAsync(run.Work, items, default);
            Assert.Equal(data.Catalogue.VideoIds, itemIds);
            Assert.Equal(items.NonZeros, itemRows.NonZeros);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
