using System.Globalization;
using Retraining.Source;

namespace Retraining.Dataset;

/// <summary>The rules of the data contract that look at rows.</summary>
/// <param name="startedAt">The run's start: what lies more than a day after it is in the future.</param>
internal sealed class ContractRules(ContractSettings settings, DateTimeOffset startedAt)
{
    private readonly List<ContractRule> _rules = [];

    public IReadOnlyList<ContractRule> Check(SnapshotData data, SyncReport sync, PublishedCounts? last)
    {
        CheckUsers(data.Log);
        CheckTimes(data.Log);
        CheckWeights(data.Log);
        CheckQuarantine("profiles", sync.Profiles);
        CheckQuarantine("videos", sync.Videos);
        CheckQuarantine("decisions", sync.Decisions);
        AtMost("orphaned decisions", sync.Decisions.Orphans, sync.Decisions.Read, settings.MaxOrphanShare, nameof(settings.MaxOrphanShare));
        if (sync.Reviews is { } reviews)
            AtMost("reviews of unknown products", reviews.UnknownRows, reviews.Rows, settings.MaxUnknownReviewShare, nameof(settings.MaxUnknownReviewShare));
        AtMost("duplicate profiles", sync.Profiles.DuplicateIds, sync.Profiles.Read, settings.MaxDuplicateShare, nameof(settings.MaxDuplicateShare));
        AtMost("duplicate videos", sync.Videos.DuplicateIds, sync.Videos.Read, settings.MaxDuplicateShare, nameof(settings.MaxDuplicateShare));
        AtMost("superseded decisions", sync.Decisions.Superseded, sync.Decisions.Read, settings.MaxSupersededShare, nameof(settings.MaxSupersededShare));
        AtMost(
            "videos without title, tags, performers and maker", sync.VideosWithout.GetValueOrDefault(SyncSummary.Bare), sync.Videos.Kept,
            settings.MaxBareVideoShare, nameof(settings.MaxBareVideoShare));
        AtMost(
            "users without a profile", sync.UsersWithoutProfile, data.Log.Users, settings.MaxUsersWithoutProfileShare,
            nameof(settings.MaxUsersWithoutProfileShare));
        foreach (var (column, counts) in sync.Vectors ?? [])
            CheckVectors(column, counts, sync.Videos.Kept);
        CheckDrops(sync, last);
        return _rules;
    }

    private void CheckUsers(InteractionLog log)
    {
        int users = 0, positives = 0;
        for (var user = 0; user < log.Users; user++)
        {
            var liked = log.Positive.AsSpan(log.Offsets[user]..log.Offsets[user + 1]).Count(true);
            positives += liked;
            users += liked > 0 ? 1 : 0;
        }

        AtLeast("users with a positive decision", users, settings.MinUsers, nameof(settings.MinUsers));
        AtLeast("positive decisions", positives, settings.MinPositives, nameof(settings.MinPositives));
        var share = log.Events == 0 ? 0 : (double)positives / log.Events;
        Add("share of positives", $"{Percent(share)} ({positives} of {log.Events})",
            $"{Percent(settings.MinPositiveShare)} or more ({Key(nameof(settings.MinPositiveShare))}); "
            + "which decision types are positive is source.positive_decisions",
            share >= settings.MinPositiveShare);
    }

    private void CheckTimes(InteractionLog log)
    {
        var (first, last) = (new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero), startedAt.AddDays(1));
        var outside = 0;
        foreach (var time in log.Time)
            outside += time < first.ToUnixTimeMilliseconds() || time > last.ToUnixTimeMilliseconds() ? 1 : 0;
        Add("times of decisions", $"{outside} of {log.Events} outside",
            $"all from {first:yyyy-MM-dd} to a day after the run's start, {last:yyyy-MM-dd HH:mm} UTC", outside == 0);
    }

    private void CheckWeights(InteractionLog log)
    {
        var bad = 0;
        foreach (var weight in log.Weight)
            bad += weight > 0 && float.IsFinite(weight) ? 0 : 1;
        Add("weights of decisions", $"{bad} of {log.Events} not positive", "all finite and greater than 0", bad == 0);
    }

    /// <summary>Orphans and duplicate ids have rules of their own.</summary>
    private void CheckQuarantine(string table, TableCounts counts) => AtMost(
        $"{table} in quarantine", counts.Quarantined - counts.Orphans - counts.DuplicateIds, counts.Read, settings.MaxQuarantinedShare,
        nameof(settings.MaxQuarantinedShare));

    private void CheckVectors(string column, VectorCounts counts, long videos)
    {
        var share = (double)counts.PutAside / (counts.Kept + counts.PutAside);
        Add($"{column} of videos", $"{Percent(share)} put aside; {counts.Kept} of {videos} videos have one, of {counts.Width} numbers",
            $"{Percent(settings.MaxQuarantinedShare)} or less put aside ({Key(nameof(settings.MaxQuarantinedShare))})",
            share <= settings.MaxQuarantinedShare);
    }

    private void CheckDrops(SyncReport sync, PublishedCounts? last)
    {
        if (last is null)
            return;
        CheckDrop("profiles", sync.Profiles.Kept, last.Profiles, last.Version);
        CheckDrop("videos", sync.Videos.Kept, last.Videos, last.Version);
        CheckDrop("decisions", sync.Decisions.Kept, last.Interactions, last.Version);
        CheckDrop("positives", sync.Positives, last.Positives, last.Version);
    }

    private void CheckDrop(string what, long now, long before, string version)
    {
        // One division: 1 - 70 / 100 is a little more than 0.3, and a drop of just the limit would block.
        var drop = before <= now ? 0 : (before - now) / (double)before;
        Add($"{what} against {version}", $"{now} after {before}, a drop of {Percent(drop)}",
            $"a drop of {Percent(settings.MaxRowDrop)} or less ({Key(nameof(settings.MaxRowDrop))})", drop <= settings.MaxRowDrop);
    }

    private void AtLeast(string name, long found, long min, string setting) =>
        Add(name, found.ToString(CultureInfo.InvariantCulture), $"{min} or more ({Key(setting)})", found >= min);

    private void AtMost(string name, long found, long of, double max, string setting)
    {
        var share = of == 0 ? 0 : (double)found / of;
        Add(name, $"{Percent(share)} ({found} of {of})", $"{Percent(max)} or less ({Key(setting)})", share <= max);
    }

    private void Add(string name, string found, string expected, bool passed) => _rules.Add(new ContractRule(name, found, expected, passed));

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Key(string setting) => "contract." + System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(setting);
}
