using System.Globalization;
using System.Runtime.InteropServices;
using Retraining.Dataset;

namespace Retraining.Source;

/// <summary>Sums a sync up into its report.</summary>
internal static class SyncSummary
{
    private static readonly (string Field, Func<VideoRow, bool> IsMissing)[] VideoFields =
    [
        ("description", v => v.Lacks(VideoText.Description)),
        ("duration_seconds", v => v.Numbers.DurationSeconds is null),
        ("label", v => v.Lacks(VideoText.Label)),
        ("maker", v => v.Lacks(VideoText.Maker)),
        ("performers", v => v.Lacks(VideoText.Performers)),
        ("price", v => v.Numbers.Price is null),
        ("product_released_at", v => v.Numbers.ProductReleasedAt is null),
        ("series", v => v.Lacks(VideoText.Series)),
        ("tags", v => v.Lacks(VideoText.Tags)),
        ("title", v => v.Lacks(VideoText.Title)),
        (Bare, v => v.Lacks(VideoText.Title) && v.Lacks(VideoText.Tags) && v.Lacks(VideoText.Performers) && v.Lacks(VideoText.Maker)),
    ];

    /// <summary>Name of the entry in <see cref="SyncReport.VideosWithout"/> for videos that nothing is known of.</summary>
    public const string Bare = "title, tags, performers and maker";

    /// <param name="startedAt">Caps the moment that the data describes, which is the newest decision: a data set may be years old.</param>
    public static SyncReport Of(
        ISource source, DateTimeOffset startedAt, bool pseudonymised, SourceIntake intake, SnapshotRows rows, long superseded,
        QuarantineWriter quarantined)
    {
        var events = rows.Events;
        long first = long.MaxValue, last = long.MinValue, positives = 0;
        var active = 0;
        var weights = new Dictionary<float, long>();
        var sameWeight = 0;
        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var e = ref events[i];
            first = Math.Min(first, e.TimeMs);
            last = Math.Max(last, e.TimeMs);
            positives += e.Positive ? 1 : 0;
            active += i == 0 || events[i - 1].User != e.User ? 1 : 0;
            sameWeight++;
            if (i + 1 == events.Length || events[i + 1].Weight != e.Weight)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(weights, MathF.Round(e.Weight, 1), out _) += sameWeight;
                sameWeight = 0;
            }
        }

        var newest = DateTimeOffset.FromUnixTimeMilliseconds(last);
        return new SyncReport
        {
            Source = source.Location,
            AsOf = newest < startedAt ? newest : startedAt,
            PseudonymisedUsers = pseudonymised,
            Profiles = Counts(intake.Profiles, rows.Profiles.Count),
            Videos = Counts(intake.Videos, rows.Videos.Count),
            Decisions = Counts(intake.Decisions, events.Length) with { Orphans = intake.Orphans, Superseded = superseded },
            DecisionTypes = intake.DecisionTypes,
            Weights = ByText(weights),
            Positives = positives,
            FirstDecision = DateTimeOffset.FromUnixTimeMilliseconds(first),
            LastDecision = newest,
            ActiveUsers = active,
            UsersWithoutProfile = rows.Users.Count - rows.Profiles.Count,
            ProfilesWithoutDate = rows.Profiles.Count(p => p.CreatedAt is null),
            VideosWithout = Missing(rows.Videos),
            Vectors = Counts(intake.Vectors),
            Reviews = source.Reviews,
            Fetched = source.Fetched,
            Quarantined = quarantined.Reasons,
        };
    }

    private static TableCounts Counts(RowTally tally, long kept) => new()
    {
        Read = tally.Read,
        Kept = kept,
        Quarantined = tally.Quarantined,
        DuplicateIds = tally.DuplicateIds,
    };

    private static SortedDictionary<string, VectorCounts>? Counts(IReadOnlyList<VectorIntake> vectors)
    {
        var counts = new SortedDictionary<string, VectorCounts>(StringComparer.Ordinal);
        foreach (var column in vectors)
        {
            if (column.Counts is { } found)
                counts.Add(column.Name, found);
        }

        return counts.Count == 0 ? null : counts;
    }

    private static SortedDictionary<string, long> ByText(Dictionary<float, long> weights)
    {
        var sorted = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (weight, count) in weights)
            sorted[weight.ToString("0.0", CultureInfo.InvariantCulture)] = count;
        return sorted;
    }

    private static SortedDictionary<string, long> Missing(List<VideoRow> videos)
    {
        var missing = new long[VideoFields.Length];
        foreach (var video in videos)
        {
            for (var field = 0; field < missing.Length; field++)
                missing[field] += VideoFields[field].IsMissing(video) ? 1 : 0;
        }

        var byName = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var ((field, _), count) in VideoFields.Zip(missing))
            byName[field] = count;
        return byName;
    }
}
