using Retraining.Features;
using Retraining.Training;
using TwoTower.Model;

namespace Retraining.Tests.Training;

public sealed class ColumnOriginsTests
{
    [Fact]
    public void OfUsers_GrownReorderedVocabulary_FindsEachTokenAgain()
    {
        var origins = ColumnOrigins.OfUsers(Spec(["b", "new", "a"], price: new(10, 2)), Spec(["a", "b"], price: new(10, 2)));
        Assert.Equal([new(0), new(2), ColumnOrigin.None, new(1)], origins);
    }

    [Fact]
    public void OfUsers_SegmentOfAnotherNameInBetween_FindsTheColumnsBehindIt()
    {
        var champion = Spec(["a"], price: new(0, 1));
        champion = champion with { UserSegments = [champion.UserSegments[0], new() { Name = "gone", Size = 3, Type = SegmentType.HourOfWeekHistogram }, champion.UserSegments[1]] };
        Assert.Equal([new(0), new(4)], ColumnOrigins.OfUsers(Spec(["a"], price: new(0, 1)), champion));
    }

    [Theory]
    [InlineData(SegmentType.HashedBow, 4, "nfkc_ngrams", true)]
    [InlineData(SegmentType.HashedBow, 4, "words", false)] // another token in each column
    [InlineData(SegmentType.HashedBow, 8, "nfkc_ngrams", false)]
    [InlineData(SegmentType.DenseVector, 4, null, true)]
    [InlineData(SegmentType.DenseVector, 5, null, false)]
    public void OfItems_TextAndVectors_AreFoundAgainOnlyWhereTheyAreBuiltTheSameWay(string type, int championSize, string? tokenizer, bool found)
    {
        var spec = Spec([], price: new(0, 1));
        FeatureSegment Segment(int size, string? by) => new() { Name = "text", Size = size, Type = type, Tokenizer = by, From = "text_vector" };

        var origins = ColumnOrigins.OfItems(
            spec with { ItemSegments = [Segment(4, type == SegmentType.HashedBow ? "nfkc_ngrams" : null)] },
            spec with { ItemSegments = [Segment(championSize, tokenizer)] });

        Assert.Equal(Enumerable.Range(0, 4).Select(column => found ? new ColumnOrigin(column) : ColumnOrigin.None), origins);
    }

    [Fact]
    public void OfUsers_StandardisedOtherwise_KeepsTheMeaning()
    {
        var origin = ColumnOrigins.OfUsers(Spec([], price: new(12, 3)), Spec([], price: new(10, 2)))[0];
        const double Price = 16;
        var (now, before) = ((Price - 12) / 3, (Price - 10) / 2);
        Assert.Equal(before, (origin.Scale * now) + origin.Shift, 6);
    }

    [Theory]
    [InlineData(10, 5)] // 2.5 times as wide
    [InlineData(13, 2)] // moved by 1.5 standard deviations
    public void OfUsers_DistributionMovedFar_CountsAsNew(double mean, double std) =>
        Assert.Equal(ColumnOrigin.None, ColumnOrigins.OfUsers(Spec([], price: new(mean, std)), Spec([], price: new(10, 2)))[0]);

    private static FeatureSpec Spec(string[] tags, Standardization price) => new()
    {
        Version = "v3",
        InputSchemaVersion = 3,
        EmbeddingDim = 4,
        UserSegments =
        [
            new() { Name = "numeric", Size = 1, Type = SegmentType.StandardScore, Features = ["mean_price"] },
            new() { Name = "tag_vector", Size = tags.Length, Type = SegmentType.L2NormalizedBow, Vocab = "vocab_tag.json" },
        ],
        ItemSegments = [],
        Normalizer = new()
        {
            UserNumeric = new Dictionary<string, Standardization> { ["mean_price"] = price },
            ItemNumeric = new Dictionary<string, Standardization>(),
        },
        Vocabularies = new Dictionary<string, Vocabulary> { ["tag"] = new(tags) },
    };
}
