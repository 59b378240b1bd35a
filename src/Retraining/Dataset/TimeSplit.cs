using Retraining.Execution;

namespace Retraining.Dataset;

/// <summary>
/// Each user's events divided by time into training, validation (early stopping) and hold-out (gate). A border always lies between two
/// different times: an event at the time of a target is never before it. Deterministic.
/// </summary>
public sealed class TimeSplit
{
    private readonly InteractionLog _log;

    private TimeSplit(InteractionLog log)
    {
        _log = log;
        ValidationStart = log.Offsets[1..];
        HoldOutStart = log.Offsets[1..];
    }

    /// <summary>Per user the end of the training events, which is the first validation event: [users].</summary>
    public int[] ValidationStart { get; }

    /// <summary>Per user the end of the validation events, which is the first hold-out event: [users].</summary>
    public int[] HoldOutStart { get; }

    /// <exception cref="PermanentStageException">A setting is out of its range.</exception>
    public static TimeSplit Of(InteractionLog log, SplitSettings settings)
    {
        var split = new TimeSplit(log);
        if (settings.Kind == "leave-last")
            split.LeaveLast(settings);
        else if (settings.Kind == "period")
            split.HoldOutPeriod(settings);
        else
            throw new PermanentStageException($"split.kind: {settings.Kind}, expected leave-last or period");
        return split;
    }

    /// <summary>Everything is training: for a split that somebody else made.</summary>
    public static TimeSplit AllTraining(InteractionLog log) => new(log);

    /// <summary>The same hold-out with the validation part in training: for the last training, when nothing is left to choose.</summary>
    public TimeSplit WithValidationInTraining()
    {
        var split = new TimeSplit(_log);
        HoldOutStart.CopyTo(split.HoldOutStart, 0);
        HoldOutStart.CopyTo(split.ValidationStart, 0);
        return split;
    }

    /// <summary>Event indices.</summary>
    public Range Training(int user) => _log.Offsets[user]..ValidationStart[user];

    /// <inheritdoc cref="Training"/>
    public Range Validation(int user) => ValidationStart[user]..HoldOutStart[user];

    /// <inheritdoc cref="Training"/>
    public Range HoldOut(int user) => HoldOutStart[user].._log.Offsets[user + 1];

    /// <summary>Items that the user comes to like in the validation part and has not decided before: distinct, ascending.</summary>
    public int[] ValidationTargets(int user) => Targets(user, ValidationStart[user], HoldOutStart[user]);

    /// <summary>Items that the user comes to like in the hold-out and has not decided before: distinct, ascending.</summary>
    public int[] HoldOutTargets(int user) => Targets(user, HoldOutStart[user], _log.Offsets[user + 1]);

    /// <summary>The newest time in the training part over all users, unix milliseconds; 0 when it is empty.</summary>
    public long TrainingEnd()
    {
        var end = 0L;
        for (var user = 0; user < _log.Users; user++)
        {
            if (ValidationStart[user] > _log.Offsets[user])
                end = Math.Max(end, _log.Time[ValidationStart[user] - 1]);
        }

        return end;
    }

    private int[] Targets(int user, int start, int end)
    {
        var known = _log.Item.AsSpan(_log.Offsets[user], start - _log.Offsets[user]);
        var targets = new SortedSet<int>();
        for (var e = start; e < end; e++)
        {
            if (_log.Positive[e] && !known.Contains(_log.Item[e]))
                targets.Add(_log.Item[e]);
        }

        return [.. targets];
    }

    /// <summary>
    /// Of n positives the newest floor(n · share) are held out. Where the border would fall between equal times it moves on to the next
    /// later time; a user for whom nothing remains stays in training.
    /// </summary>
    private void LeaveLast(SplitSettings settings)
    {
        RequireShare("split.hold_out_share", settings.HoldOutShare);
        RequireShare("split.validation_share", settings.ValidationShare);
        var positives = new List<int>();
        for (var user = 0; user < _log.Users; user++)
        {
            positives.Clear();
            for (var e = _log.Offsets[user]; e < _log.Offsets[user + 1]; e++)
            {
                if (_log.Positive[e])
                    positives.Add(e);
            }

            var heldOut = ShareOf(positives.Count, settings.HoldOutShare);
            var validation = ShareOf(positives.Count, settings.ValidationShare);
            if (heldOut + validation >= positives.Count)
                continue;
            HoldOutStart[user] = Border(user, positives, heldOut);
            ValidationStart[user] = validation == 0 ? HoldOutStart[user] : Math.Min(HoldOutStart[user], Border(user, positives, heldOut + validation));
        }
    }

    private int Border(int user, List<int> positives, int newest)
    {
        var end = _log.Offsets[user + 1];
        if (newest == 0)
            return end;

        var border = positives[^newest];
        var last = _log.Time[positives[^(newest + 1)]];
        while (border < end && _log.Time[border] <= last)
            border++;
        while (border > _log.Offsets[user] && border < end && _log.Time[border - 1] == _log.Time[border])
            border--;
        return border;
    }

    private void HoldOutPeriod(SplitSettings settings)
    {
        RequireDays("split.hold_out_days", settings.HoldOutDays);
        RequireDays("split.validation_days", settings.ValidationDays);
        if (_log.Events == 0)
            return;

        var newest = _log.Time.Max();
        var holdOut = newest - (long)TimeSpan.FromDays(settings.HoldOutDays).TotalMilliseconds;
        var validation = holdOut - (long)TimeSpan.FromDays(settings.ValidationDays).TotalMilliseconds;
        for (var user = 0; user < _log.Users; user++)
        {
            HoldOutStart[user] = FirstAfter(user, holdOut);
            ValidationStart[user] = FirstAfter(user, validation);
        }
    }

    private int FirstAfter(int user, long time)
    {
        var e = _log.Offsets[user];
        while (e < _log.Offsets[user + 1] && _log.Time[e] <= time)
            e++;
        return e;
    }

    private static int ShareOf(int count, double share) => (int)Math.Floor((count * share) + 1e-9);

    private static void RequireShare(string key, double share)
    {
        if (share is not (>= 0 and < 1))
            throw new PermanentStageException($"{key}: {share}, expected at least 0 and below 1");
    }

    private static void RequireDays(string key, double days)
    {
        if (days is not (>= 0 and < 36500))
            throw new PermanentStageException($"{key}: {days}, expected at least 0 and below 36500");
    }
}
