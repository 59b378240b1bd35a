using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Tests.Features;
using Retraining.Training;
using TwoTower.Training;

namespace Retraining.Tests.Training;

public sealed class HistoryExamplesTests
{
    private static readonly SnapshotData Data = World.Random(11, users: 60);
    private static readonly TimeSplit Split = TimeSplit.Of(Data.Log, new SplitSettings());

    [Theory]
    [InlineData(HistoryMode.Causal)]
    [InlineData(HistoryMode.Rest)]
    public void Fill_AnyStep_NeverShowsATargetInItsOwnHistory(HistoryMode mode)
    {
        var examples = Examples(new HistoryExamplesOptions { Mode = mode, BatchUsers = 64, KeepHistory = 0.5 });
        var videos = Vectorizer().Spec.UserColumns("liked_videos");
        var vocabulary = Vectorizer().Spec.Vocabularies["video"];
        var batch = new TrainingBatch(examples.UserColumns);
        var seen = 0;
        for (var step = 0; step < 20; step++)
        {
            examples.Fill(1, step, batch);
            for (var t = 0; t < batch.Targets; t++)
            {
                var column = vocabulary.IndexOf(Data.Catalogue.VideoIds[batch.Item[t]]);
                var row = batch.Users.RowIndices(batch.UserRow[t]);
                Assert.False(column >= 0 && row.Contains(videos.Start.Value + column));
                seen += row.IndexOfAnyInRange(videos.Start.Value, videos.End.Value - 1) >= 0 ? 1 : 0;
            }
        }

        Assert.True(seen > 1000, $"{seen} targets with a history, expected most of them");
    }

    [Fact]
    public void Fill_EventsAfterTheTrainingPartChanged_GivesTheSameBatch()
    {
        var changed = World.Random(11, users: 60);
        for (var user = 0; user < changed.Log.Users; user++)
        {
            for (var e = Split.ValidationStart[user]; e < changed.Log.Offsets[user + 1]; e++)
                changed.Log.Item[e] = 0;
        }

        var options = new HistoryExamplesOptions { BatchUsers = 64 };
        var vectorizer = new HistoryVectorizer(Vectorizer().Spec, changed.Catalogue, changed.Log);
        var other = new HistoryExamples(vectorizer, changed.Log, Split, changed.Catalogue.Count, options, CancellationToken.None);
        Assert.Equal(Bytes(Examples(options), 3, 2), Bytes(other, 3, 2));
        Assert.Equal(Examples(options).TargetProbability, other.TargetProbability);
    }

    [Fact]
    public void Append_PartsIntoBatchesOfTheirOwn_MakeUpTheStep()
    {
        var examples = Examples(new HistoryExamplesOptions { BatchUsers = 50, KeepHistory = 0.5 });
        var (whole, rows, targets) = (new TrainingBatch(examples.UserColumns), 0, 0);
        examples.Fill(2, 3, whole);
        for (var part = 0; part < examples.Parts; part++)
        {
            var batch = new TrainingBatch(examples.UserColumns);
            examples.Append(2, 3, part, batch);
            for (var row = 0; row < batch.Users.Rows; row++)
            {
                Assert.Equal(whole.Users.RowIndices(rows + row), batch.Users.RowIndices(row));
                Assert.Equal(whole.Users.RowValues(rows + row), batch.Users.RowValues(row));
            }

            Assert.Equal(whole.Item[targets..(targets + batch.Targets)], batch.Item);
            Assert.Equal(whole.UserRow[targets..(targets + batch.Targets)], batch.UserRow.Select(row => rows + row));
            Assert.Equal(batch.Users.Rows + 1, batch.KnownOffsets.Count);
            (rows, targets) = (rows + batch.Users.Rows, targets + batch.Targets);
        }

        Assert.Equal((50, whole.Targets), (rows, targets));
    }

    [Fact]
    public void Fill_OneLongHistory_ShowsOnlyWhatCameStrictlyBefore()
    {
        var world = new World();
        var likes = new List<(string, string)>();
        for (var k = 0; k < 12; k++)
        {
            world.Add(new Retraining.Source.Video { Id = $"v{k:D2}" });
            likes.Add(($"v{k:D2}", $"2026-01-{1 + (k / 3):D2}")); // three at a time
        }

        var data = world.Likes("u", [.. likes]).Build();
        var split = TimeSplit.AllTraining(data.Log);
        var spec = new FeatureFitter(new FeatureSettings { MinVideoFreq = 1, HistoryHalfLifeDays = 0, HistoryNorm = "sum" }, data.Catalogue, data.Log, split).Fit(4, "u", "i");
        var examples = new HistoryExamples(
            new HistoryVectorizer(spec, data.Catalogue, data.Log), data.Log, split, 12,
            new() { BatchUsers = 200, TargetsPerUser = 2, TargetWindow = 4 }, CancellationToken.None);
        var batch = new TrainingBatch(examples.UserColumns);
        examples.Fill(1, 0, batch);

        var videos = spec.UserColumns("liked_videos");
        for (var row = 0; row < batch.Users.Rows; row++)
        {
            var earliest = batch.Item.Where((_, t) => batch.UserRow[t] == row).Min() / 3; // day of the earliest target
            var history = batch.Users.RowIndices(row).ToArray().Where(column => column >= videos.Start.Value && column < videos.End.Value);
            Assert.Equal(earliest * 3, history.Count());
            Assert.All(history, column => Assert.True(spec.Vocabularies["video"].Tokens[column - videos.Start.Value].CompareTo($"v{earliest * 3:D2}") < 0));
        }
    }

    [Fact]
    public void Fill_LateRows_MoveTheMomentAndNotTheHistory()
    {
        var columns = Vectorizer().Spec.UserInputDim;
        var (early, late) = (new TrainingBatch(columns), new TrainingBatch(columns));
        Examples(new HistoryExamplesOptions { LateShare = 0 }).Fill(1, 0, early);
        Examples(new HistoryExamplesOptions { LateShare = 1 }).Fill(1, 0, late);

        Assert.Equal(early.Item, late.Item);
        Assert.Equal(early.Users.Indices, late.Users.Indices);
        var recent = (float)Vectorizer().Spec.Normalizer.UserNumeric["recent_like_days"].Std;
        for (var row = 0; row < early.Users.Rows; row++)
        {
            var before = early.Users.RowValues(row);
            var after = late.Users.RowValues(row);
            Assert.Equal(before[1..7], after[1..7]); // prices and counts
            Assert.InRange((after[7] - before[7]) * recent, -0.001f, 60);
            Assert.Equal(before[13..], after[13..]); // the bags, behind the four 30-day numbers
        }
    }

    [Theory]
    [InlineData(HistoryMode.Causal, 16, 0.5)]
    [InlineData(HistoryMode.Causal, 3, 1.0)]
    [InlineData(HistoryMode.Rest, 16, 0.5)]
    public void TargetProbability_ManyDraws_IsTheirFrequency(HistoryMode mode, int window, double power)
    {
        var examples = Examples(new HistoryExamplesOptions { Mode = mode, BatchUsers = 500, TargetWindow = window, ActivityPower = power });
        var counts = new double[Data.Catalogue.Count];
        var batch = new TrainingBatch(examples.UserColumns);
        var total = 0;
        for (var step = 0; step < 200; step++)
        {
            examples.Fill(1, step, batch);
            foreach (var item in batch.Item)
                counts[item]++;
            total += batch.Targets;
        }

        Assert.Equal(1, examples.TargetProbability.ToArray().Sum(), 1e-5f);
        for (var item = 0; item < counts.Length; item++)
        {
            var probability = examples.TargetProbability[item];
            var tolerance = 6 * Math.Sqrt(4 * probability / total) + 1e-9; // six standard errors; targets of a user come in up to fours
            Assert.Equal(probability, counts[item] / total, tolerance);
        }
    }

    [Fact]
    public void Fill_SameStepTwiceAndInParallel_GivesTheSameBatch()
    {
        var examples = Examples(new HistoryExamplesOptions { KeepHistory = 0.3 });
        var expected = Enumerable.Range(0, 16).Select(step => Bytes(examples, 2, step)).ToArray();
        var found = new string[16];
        Parallel.For(0, 16, step => found[step] = Bytes(examples, 2, step));

        Assert.Equal(expected, found);
        Assert.Equal(16, expected.Distinct().Count());
        Assert.NotEqual(expected[0], Bytes(examples, 3, 0));
        Assert.NotEqual(expected[0], Bytes(Examples(new HistoryExamplesOptions { KeepHistory = 0.3, Seed = 7 }), 2, 0));
    }

    [Fact]
    public void Fill_KnownItems_AreTheTrainingLikesAndDislikesNeverAmongThem()
    {
        var examples = Examples(new HistoryExamplesOptions { BatchUsers = 64 });
        var batch = new TrainingBatch(examples.UserColumns);
        examples.Fill(1, 0, batch);
        Assert.Equal(65, batch.KnownOffsets.Count);
        for (var t = 0; t < batch.Targets; t++)
        {
            var row = batch.UserRow[t];
            var known = batch.KnownItems[batch.KnownOffsets[row]..batch.KnownOffsets[row + 1]];
            Assert.Contains(batch.Item[t], known);
            Assert.Equal(known.Order(), known);
            Assert.Empty(known.Intersect(batch.DislikedItems[batch.DislikedOffsets[row]..batch.DislikedOffsets[row + 1]]));
        }
    }

    [Theory]
    [InlineData(0, 0.8f, 0.6f)]
    [InlineData(10, 0.4f, 0.6f)] // b is ten days older than the newest
    public void Fill_WeighedLikes_CarryTheirWeightAndAge(double halfLife, float weightOfB, float weightOfC)
    {
        var data = new World().Add(new Retraining.Source.Video { Id = "a" }).Add(new Retraining.Source.Video { Id = "b" })
            .Add(new Retraining.Source.Video { Id = "c" })
            .Likes("u", ("a", "2026-01-01"), ("b", "2026-01-11"), ("c", "2026-01-21")).Build();
        (data.Log.Weight[1], data.Log.Weight[2]) = (0.8f, 0.6f); // four stars, three
        var split = TimeSplit.AllTraining(data.Log);
        var spec = new FeatureFitter(new FeatureSettings(), data.Catalogue, data.Log, split).Fit(4, "u", "i");
        var examples = new HistoryExamples(
            new HistoryVectorizer(spec, data.Catalogue, data.Log), data.Log, split, 3,
            new() { RecencyHalfLifeDays = halfLife, BatchUsers = 20 }, CancellationToken.None);
        var batch = new TrainingBatch(examples.UserColumns);
        examples.Fill(1, 0, batch);

        Assert.Equal([1, 2], batch.Item.Distinct().Order());
        for (var t = 0; t < batch.Targets; t++)
            Assert.Equal(batch.Item[t] == 1 ? weightOfB : weightOfC, batch.Weight[t], 1e-6f);
    }

    [Fact]
    public void Constructor_NobodyWithAHistory_Throws()
    {
        var data = new World().Add(new Retraining.Source.Video { Id = "a" }).Likes("u", ("a", "2026-01-01")).Build();
        var spec = new FeatureFitter(new FeatureSettings(), data.Catalogue, data.Log, TimeSplit.AllTraining(data.Log)).Fit(4, "u", "i");
        var error = Assert.Throws<PermanentStageException>(() => new HistoryExamples(
            new HistoryVectorizer(spec, data.Catalogue, data.Log), data.Log, TimeSplit.AllTraining(data.Log), 1, new(),
            CancellationToken.None));
        Assert.Equal("training part: 0 users with 2 likes or more, expected at least 1", error.Message);
    }

    private static HistoryVectorizer Vectorizer() => new(
        new FeatureFitter(new FeatureSettings { MinVideoFreq = 1 }, Data.Catalogue, Data.Log, Split).Fit(8, "user_features", "item_features"), Data.Catalogue, Data.Log);

    [Fact]
    public void Describe_AnyStep_NamesTheUsersOfItsBatch()
    {
        var examples = Examples(new HistoryExamplesOptions { BatchUsers = 5, TargetsPerUser = 1 });
        var batch = new TrainingBatch(examples.UserColumns);
        examples.Fill(2, 7, batch);

        var words = examples.Describe(2, 7);
        Assert.Matches("^the users .+, .+, .+ and 2 more$", words);
        var names = words["the users ".Length..^" and 2 more".Length].Split(", ");
        Assert.Equal(3, names.Length);
        for (var row = 0; row < 3; row++)
            Assert.Contains(batch.Item[row], Data.Log.Item[Split.Training(Data.Log.IndexOf(names[row]))]);
        Assert.NotEqual(examples.Describe(2, 7), examples.Describe(2, 8));
    }

    private static HistoryExamples Examples(HistoryExamplesOptions options) =>
        new(Vectorizer(), Data.Log, Split, Data.Catalogue.Count, options, CancellationToken.None);

    private static string Bytes(HistoryExamples examples, int epoch, int step)
    {
        var batch = new TrainingBatch(examples.UserColumns);
        examples.Fill(epoch, step, batch);
        return string.Join(' ', batch.Item) + "|" + string.Join(' ', batch.UserRow) + "|" + string.Join(' ', batch.Users.Indices.ToArray())
            + "|" + string.Join(' ', batch.Users.Values.ToArray());
    }
}
