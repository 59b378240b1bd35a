using Retraining.Dataset;
using Retraining.Features;
using Retraining.Tests.Features;
using Retraining.Training;

namespace Retraining.Tests.Training;

public sealed class FactorPreferencesTests
{
    [Fact]
    public void Of_WeightedLikes_WeighOverTheirMean()
    {
        // stars / 5 of 5, 4 and 3 stars: 1, 0.8 and 0.6, mean 0.8
        var set = Set([("a", 0, true, 1f), ("b", 0, true, 0.8f), ("c", 0, true, 0.6f)]);
        Assert.Equal([1.25f, 1, 0.75f], FactorPreferences.Of(set, new()).Weights(0).ToArray(), Near);
    }

    [Fact]
    public void Of_LikesOfOneWeight_AreLikesOfWeightOne()
    {
        var set = Set([("a", 0, true, 0.2f), ("b", 3, true, 0.2f)]);
        Assert.True(FactorPreferences.Of(set, new()).Weights(0).IsEmpty);
    }

    [Fact]
    public void Of_HalfLife_HalvesWithIt()
    {
        // ages of 0, 30 and 60 days before the newest: 1, 1/2, 1/4, mean 7/12
        var set = Set([("a", 0, true, 1f), ("b", 30, true, 1f), ("c", 60, true, 1f)]);
        var preferences = FactorPreferences.Of(set, new() { RecencyHalfLifeDays = 30 });
        Assert.Equal([3 / 7f, 6 / 7f, 12 / 7f], preferences.Weights(0).ToArray(), Near);
    }

    [Fact]
    public void Of_Dislikes_CountAsSoManyPairsThatWereNotSeen()
    {
        // each weighs 2 · 0.3 against a mean like, towards 0
        var set = Set([("a", 0, true, 0.5f), ("b", 0, false, 0.5f)]);
        var preferences = FactorPreferences.Of(set, new() { DislikeWeight = 2, FactorUnobservedWeight = 0.3 });
        Assert.Equal([1, -0.6f], preferences.Weights(0).ToArray(), Near);
        Assert.Equal([0], FactorPreferences.Of(set, new() { DislikeWeight = 0 }).Items(0).ToArray());
    }

    [Fact]
    public void Of_EventsAfterTheTrainingPart_AreLeftOut()
    {
        var set = Set([("a", 0, true, 1f), ("b", 1, true, 1f)]);
        set.Split.ValidationStart[0]--;
        Assert.Equal([0], FactorPreferences.Of(set, new()).Items(0).ToArray());
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-6f;

    /// <summary>One user and the videos a, b, c; events by video, day, sign and weight.</summary>
    private static TrainingSet Set((string Video, int Day, bool Positive, float Weight)[] events)
    {
        var world = new World().Add(new() { Id = "a" }, new() { Id = "b" }, new() { Id = "c" });
        var first = World.At("2026-01-01");
        var data = world.User("u", null, [.. events.Select(e => (e.Video, first.AddDays(e.Day).ToString("O"), e.Positive))]).Build();
        for (var e = 0; e < events.Length; e++)
            data.Log.Weight[e] = events[e].Weight;
        var split = TimeSplit.AllTraining(data.Log);
        var spec = new FeatureFitter(new FeatureSettings(), data.Catalogue, data.Log, split).Fit(4, "u", "i");
        return TrainingSet.Build(data.Catalogue, data.Log, split, spec, CancellationToken.None);
    }
}
