using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Retraining.Operations;

/// <summary>A run or a stage as it is timed: an activity, and one value in a histogram when it ends.</summary>
public sealed class TelemetrySpan : IDisposable
{
    private readonly Activity? _activity;
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly long _started;

    internal TelemetrySpan(string name, Histogram<double> duration, TimeProvider time, KeyValuePair<string, object?>[] tags)
    {
        _activity = RunTelemetry.Activities.StartActivity(name, ActivityKind.Internal, default(ActivityContext), tags);
        (_duration, _time, _tags, _started) = (duration, time, tags, time.GetTimestamp());
    }

    /// <summary>How it ended; <c>interrupted</c> until told.</summary>
    public string Outcome { get; set; } = "interrupted";

    /// <summary>Attempts so far.</summary>
    public int Attempt { get; set; }

    /// <summary>What went wrong, without secrets; makes the outcome <c>failed</c>.</summary>
    public string? Error
    {
        get;
        set
        {
            field = value;
            Outcome = "failed";
        }
    }

    public void Dispose()
    {
        var outcome = Outcome.ToLowerInvariant();
        // Ids of runs would make a series of their own each, so they stay in the traces.
        var tags = new TagList([.. _tags.Where(tag => tag.Key == "retrain.stage"), new("retrain.outcome", outcome)]);
        _duration.Record(_time.GetElapsedTime(_started).TotalSeconds, tags);
        if (_activity is null)
            return;

        _activity.SetTag("retrain.outcome", outcome);
        if (Attempt > 0)
            _activity.SetTag("retrain.attempts", Attempt);
        if (Error is { } error)
            _activity.SetStatus(ActivityStatusCode.Error, error);
        _activity.Dispose();
    }
}
