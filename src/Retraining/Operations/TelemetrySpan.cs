using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Retraining.Operations;

/// <summary>A run or a stage as it is timed: an activity, and one value in a histogram when it ends.</summary>
public sealed class TelemetrySpan : IDisposable
{
    private const string ErrorType = "error.type";
    private readonly Activity? _activity;
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly long _started;
    private string? _error;
    private string? _errorType;

    internal TelemetrySpan(string name, Histogram<double> duration, TimeProvider time, KeyValuePair<string, object?>[] tags)
    {
        _activity = RunTelemetry.Activities.StartActivity(name, ActivityKind.Internal, default(ActivityContext), tags);
        (_duration, _time, _tags, _started) = (duration, time, tags, time.GetTimestamp());
    }

    /// <summary>How it ended; <c>interrupted</c> until told.</summary>
    public string Outcome { get; set; } = "interrupted";

    /// <summary>Attempts so far.</summary>
    public int Attempt { get; set; }

    /// <summary>Makes the outcome <c>failed</c>, in OpenTelemetry's words for errors.</summary>
    /// <param name="error">What went wrong, without secrets.</param>
    /// <param name="fault">Whose type is told, and nothing else of it.</param>
    public void Fail(string error, Exception fault)
    {
        Outcome = "failed";
        (_error, _errorType) = (error, fault.GetType().FullName);
    }

    public void Dispose()
    {
        var outcome = Outcome.ToLowerInvariant();
        // Ids of runs would make a series of their own each, so they stay in the traces.
        var tags = new TagList([.. _tags.Where(tag => tag.Key == RunScope.Stage), new("retrain.outcome", outcome)]);
        if (_errorType is not null)
            tags.Add(ErrorType, _errorType);
        _duration.Record(_time.GetElapsedTime(_started).TotalSeconds, tags);
        if (_activity is null)
            return;

        _activity.SetTag("retrain.outcome", outcome);
        if (Attempt > 0)
            _activity.SetTag("retrain.attempts", Attempt);
        if (_errorType is not null)
        {
            _activity.SetStatus(ActivityStatusCode.Error, _error).SetTag(ErrorType, _errorType);
            var exception = new ActivityTagsCollection { ["exception.type"] = _errorType, ["exception.message"] = _error };
            _activity.AddEvent(new ActivityEvent("exception", tags: exception));
        }

        _activity.Dispose();
    }
}
