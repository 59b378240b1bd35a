using System.Globalization;
using Retraining.Dataset;
using Retraining.Source;

namespace Retraining.Tests.Dataset;

/// <summary>Each rule of the data contract on its limit, where it passes, and one row beyond, where it alone blocks.</summary>
public sealed class ContractRulesTests
{
    private static readonly DateTimeOffset StartedAt = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly long Noon = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static readonly ContractSettings Settings = new()
    {
        MaxQuarantinedShare = 0.05,
        MaxRowDrop = 0.3,
        MinPositiveShare = 0.1,
        MinUsers = 2,
        MinPositives = 10,
        MaxOrphanShare = 0.05,
        MaxUnknownReviewShare = 0.5,
        MaxDuplicateShare = 0.01,
        MaxSupersededShare = 0.5,
        MaxBareVideoShare = 0.4,
        MaxUsersWithoutProfileShare = 0.25,
    };

    /// <summary>By rule: what lies on its limit, what lies beyond, and what is said of the latter.</summary>
    private static readonly Dictionary<string, (Facts Limit, Facts Beyond, string Found)> Cases = new(StringComparer.Ordinal)
    {
        ["users with a positive decision"] = (new() { Likes = [10, 10, 0, 0] }, new() { Likes = [20, 0, 0, 0] }, "1"),
        ["positive decisions"] = (new() { Likes = [5, 5, 0, 0] }, new() { Likes = [5, 4, 0, 0], Decisions = 90 }, "9"),
        ["share of positives"] = (new() { Decisions = 200 }, new() { Decisions = 201 }, "9.95 % (20 of 201)"),
        ["times of decisions"] =
            (new() { TimeMs = StartedAt.AddDays(1).ToUnixTimeMilliseconds() }, new() { TimeMs = StartedAt.AddDays(1).ToUnixTimeMilliseconds() + 1 }, "1 of 100 outside"),
        ["weights of decisions"] = (new() { Weight = float.Epsilon }, new() { Weight = 0 }, "1 of 100 not positive"),
        ["profiles in quarantine"] = (Facts.OfProfiles(quarantined: 5), Facts.OfProfiles(quarantined: 6), "6 % (6 of 100)"),
        ["videos in quarantine"] = (Facts.OfVideos(quarantined: 5), Facts.OfVideos(quarantined: 6), "6 % (6 of 100)"),
        ["decisions in quarantine"] = (Facts.OfDecisions(quarantined: 5), Facts.OfDecisions(quarantined: 6), "6 % (6 of 100)"),
        ["orphaned decisions"] = (Facts.OfDecisions(5, orphans: 5), Facts.OfDecisions(6, orphans: 6), "6 % (6 of 100)"),
        ["reviews of unknown products"] = (Facts.OfReviews(5), Facts.OfReviews(6), "60 % (6 of 10)"),
        ["duplicate profiles"] = (Facts.OfProfiles(1, duplicates: 1), Facts.OfProfiles(2, duplicates: 2), "2 % (2 of 100)"),
        ["duplicate videos"] = (Facts.OfVideos(1, duplicates: 1), Facts.OfVideos(2, duplicates: 2), "2 % (2 of 100)"),
        ["superseded decisions"] = (Facts.OfDecisions(superseded: 50), Facts.OfDecisions(superseded: 51), "51 % (51 of 100)"),
        ["videos without title, tags, performers and maker"] = (new() { Bare = 40 }, new() { Bare = 41 }, "41 % (41 of 100)"),
        ["users without a profile"] = (new() { WithoutProfile = 1 }, new() { WithoutProfile = 2 }, "50 % (2 of 4)"),
        ["text_vector of videos"] =
            (new() { BadVectors = 5 }, new() { BadVectors = 6 }, "6 % put aside; 94 of 100 videos have one, of 2 numbers"),
        ["profiles against v1"] = (Facts.OfProfiles(kept: 70), Facts.OfProfiles(kept: 69), "69 after 100, a drop of 31 %"),
        ["videos against v1"] = (Facts.OfVideos(kept: 70), Facts.OfVideos(kept: 69), "69 after 100, a drop of 31 %"),
        ["decisions against v1"] = (Facts.OfDecisions(kept: 70), Facts.OfDecisions(kept: 69), "69 after 100, a drop of 31 %"),
        ["positives against v1"] = (new() { Positives = 70 }, new() { Positives = 69 }, "69 after 100, a drop of 31 %"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Fact]
    public void Check_EveryRule_HasItsCases() =>
        Assert.Equal(Cases.Keys.Order(StringComparer.Ordinal), Check(new()).Select(rule => rule.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_OnTheLimit_Passes(string rule) => Assert.All(Check(Cases[rule].Limit), found => Assert.True(found.Passed, found.ToString()));

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_BeyondTheLimit_BlocksByThatRuleAlone(string rule)
    {
        var broken = Assert.Single(Check(Cases[rule].Beyond), found => !found.Passed);
        Assert.Equal((rule, Cases[rule].Found), (broken.Name, broken.Found));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void Check_WeightThatIsNoPositiveNumber_Blocks(float weight) =>
        Assert.Equal("weights of decisions", Assert.Single(Check(new() { Weight = weight }), rule => !rule.Passed).Name);

    [Fact]
    public void Check_NothingPublished_ComparesWithNothing() =>
        Assert.DoesNotContain(new ContractRules(Settings, StartedAt).Check(new Facts().Data(), new Facts().Report(), null), rule => rule.Name.Contains("against", StringComparison.Ordinal));

    private static IReadOnlyList<ContractRule> Check(Facts facts) =>
        new ContractRules(Settings, StartedAt).Check(facts.Data(), facts.Report(), new("v1", 100, 100, 100, 100));

    /// <summary>A hundred rows of everything, as good as can be.</summary>
    private sealed record Facts
    {
        private static readonly TableCounts Good = new() { Read = 100, Kept = 100, Quarantined = 0 };

        /// <summary>Positives by user.</summary>
        public int[] Likes { get; init; } = [5, 5, 5, 5];

        public int Decisions { get; init; } = 100;

        /// <summary>Of the first decision.</summary>
        public long TimeMs { get; init; } = Noon;

        /// <inheritdoc cref="TimeMs"/>
        public float Weight { get; init; } = 1;

        public int Bare { get; init; }

        public int WithoutProfile { get; init; }

        public int Positives { get; init; } = 100;

        public int UnknownReviews { get; init; }

        public int BadVectors { get; init; }

        private TableCounts ProfileRows { get; init; } = Good;

        private TableCounts VideoRows { get; init; } = Good;

        private TableCounts DecisionRows { get; init; } = Good;

        public static Facts OfProfiles(long quarantined = 0, long duplicates = 0, long kept = 100) =>
            new() { ProfileRows = Good with { Quarantined = quarantined, DuplicateIds = duplicates, Kept = kept } };

        public static Facts OfVideos(long quarantined = 0, long duplicates = 0, long kept = 100) =>
            new() { VideoRows = Good with { Quarantined = quarantined, DuplicateIds = duplicates, Kept = kept } };

        public static Facts OfDecisions(long quarantined = 0, long orphans = 0, long superseded = 0, long kept = 100) =>
            new() { DecisionRows = Good with { Quarantined = quarantined, Orphans = orphans, Superseded = superseded, Kept = kept } };

        public static Facts OfReviews(int unknown) => new() { UnknownReviews = unknown };

        public SnapshotData Data()
        {
            var positive = Likes.SelectMany((likes, user) => Enumerable.Range(0, Decisions / 4 + (user < Decisions % 4 ? 1 : 0)).Select(i => i < likes)).ToArray();
            var offsets = Enumerable.Range(0, 5).Select(user => Enumerable.Range(0, user).Sum(u => Decisions / 4 + (u < Decisions % 4 ? 1 : 0))).ToArray();
            var log = new InteractionLog
            {
                UserIds = [.. Enumerable.Range(1, 4).Select(user => user.ToString(CultureInfo.InvariantCulture))],
                ProfileCreatedAt = new long?[4],
                Offsets = offsets,
                Item = [.. Enumerable.Range(0, Decisions)],
                Time = [TimeMs, .. Enumerable.Repeat(Noon, Decisions - 1)],
                Positive = positive,
                Weight = [Weight, .. Enumerable.Repeat(1f, Decisions - 1)],
            };
            return new() { Log = log, Catalogue = new() { VideoIds = [], Videos = [] } };
        }

        public SyncReport Report() => new()
        {
            Source = "here",
            AsOf = StartedAt,
            PseudonymisedUsers = false,
            Profiles = ProfileRows,
            Videos = VideoRows,
            Decisions = DecisionRows,
            DecisionTypes = [],
            Weights = [],
            Positives = Positives,
            FirstDecision = StartedAt,
            LastDecision = StartedAt,
            ActiveUsers = 4,
            UsersWithoutProfile = WithoutProfile,
            ProfilesWithoutDate = 0,
            Vectors = new() { ["text_vector"] = new(2, 100 - BadVectors, BadVectors) },
            VideosWithout = new() { [SyncSummary.Bare] = Bare },
            Quarantined = [],
            Reviews = new()
            {
                Files = 1,
                Rows = 10,
                Faulty = 0,
                UnknownRows = UnknownReviews,
                UnknownProducts = 1,
                TopUnknown = [],
                NewVideos = 0,
                SharedUrls = 0,
                Reviewers = 1,
                Videos = 1,
                Stars = [],
                RowsPerReviewer = [],
                RowsPerVideo = [],
            },
        };
    }
}
