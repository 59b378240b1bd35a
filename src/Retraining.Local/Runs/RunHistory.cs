using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Operations;

namespace Retraining.Local.Runs;

/// <summary>A run's journal folded: what replay needs, and what people look at.</summary>
internal sealed class RunHistory
{
    private readonly SortedDictionary<int, RecordedCall> _calls = [];
    private readonly Dictionary<int, long> _startSequence = [];
    private readonly Dictionary<int, RecordedCall> _rewound = [];
    private readonly List<int> _outcomes = [];
    private readonly List<EventRaisedContent> _raised = [];
    private long? _firstFailure;

    private RunHistory(RunStartedContent started, DateTimeOffset at)
    {
        Started = started;
        UpdatedAt = at;
    }

    public RunStartedContent Started { get; }
    public RunStatus Status { get; private set; } = RunStatus.Running;
    public DateTimeOffset UpdatedAt { get; private set; }
    public RetrainingResult? Result { get; private set; }
    public string? Error { get; private set; }

    /// <summary>By number.</summary>
    public IReadOnlyDictionary<int, RecordedCall> Calls => _calls;

    /// <summary>Numbers of the calls with an outcome, in the order in which it was recorded.</summary>
    public IReadOnlyList<int> Outcomes => _outcomes;

    /// <summary>External events, oldest first.</summary>
    public IReadOnlyList<EventRaisedContent> Raised => _raised;

    /// <summary>Attempts of a call so far, those before a rewind included.</summary>
    public int AttemptsOf(int call, string stage) =>
        (_calls.GetValueOrDefault(call) ?? Rewound(call, stage))?.Attempts ?? 0;

    public bool HasEnded => Status is RunStatus.Completed or RunStatus.Failed or RunStatus.Terminated;

    /// <exception cref="InvalidDataException">The first record is no start.</exception>
    public static RunHistory From(IReadOnlyList<JournalRecord> records)
    {
        if (records.Count == 0 || records[0].Kind != EventKinds.RunStarted)
            throw new InvalidDataException($"a journal that begins with {(records.Count == 0 ? "nothing" : records[0].Kind)}, expected {EventKinds.RunStarted}");

        var history = new RunHistory(records[0].Read<RunStartedContent>(), records[0].At);
        foreach (var record in records.Skip(1))
            history.Take(record);
        return history;
    }

    private void Take(JournalRecord record)
    {
        UpdatedAt = record.At;
        switch (record.Kind)
        {
            case EventKinds.StageStarted:
                TakeStart(record);
                break;
            case EventKinds.AttemptFailed:
                TakeFailure(record, record.Read<AttemptFailedContent>());
                break;
            case EventKinds.StageCompleted:
                var completed = record.Read<StageCompletedContent>();
                Change(record, call => call with
                {
                    Result = completed.Result,
                    EndedAt = record.At,
                    Attempts = Math.Max(call.Attempts, completed.Attempts),
                });
                _outcomes.Add(record.Call!.Value);
                break;
            case EventKinds.StageFailed:
                var failed = record.Read<StageFailedContent>();
                Change(record, call => call with { Failed = true, Error = failed.Error, EndedAt = record.At });
                _outcomes.Add(record.Call!.Value);
                _firstFailure ??= record.Sequence;
                break;
            case EventKinds.EventRaised:
                _raised.Add(record.Read<EventRaisedContent>());
                break;
            case EventKinds.RunSuspended:
                Status = RunStatus.Suspended;
                break;
            case EventKinds.RunResumed:
                Status = RunStatus.Running;
                break;
            case EventKinds.RunRewound:
                Rewind();
                break;
            case EventKinds.RunTerminated:
                End(RunStatus.Terminated, record.Read<ReasonContent>().Reason ?? "cancelled");
                break;
            case EventKinds.RunFailed:
                End(RunStatus.Failed, record.Read<RunFailedContent>().Error);
                break;
            case EventKinds.RunCompleted:
                Result = record.Read<RunCompletedContent>().Result;
                End(RunStatus.Completed, error: null);
                break;
            default:
                break;
        }
    }

    private void TakeStart(JournalRecord record)
    {
        var number = record.Call!.Value;
        var content = record.Read<StageStartedContent>();
        _startSequence.TryAdd(number, record.Sequence);
        _calls[number] = _calls.TryGetValue(number, out var known)
            ? known with { Attempts = known.Attempts + 1 }
            : new RecordedCall
            {
                Call = number,
                Stage = record.Stage!,
                Title = content.Title,
                Input = content.Input,
                StartedAt = record.At,
                Attempts = 1 + AttemptsOf(number, record.Stage!),
                Failures = Rewound(number, record.Stage!)?.Failures ?? [],
            };
    }

    /// <summary>Older builds recorded no start of a second attempt, and began to count anew when a run went on.</summary>
    private void TakeFailure(JournalRecord record, AttemptFailedContent failed) => Change(record, call =>
    {
        var attempts = Math.Max(call.Attempts, failed.Attempt);
        return call with
        {
            Error = failed.Error,
            Attempts = attempts,
            Failures = [.. call.Failures, new FailedAttempt(attempts, record.At, failed.Error, failed.RetryInMs)],
        };
    });

    private RecordedCall? Rewound(int call, string stage) =>
        _rewound.GetValueOrDefault(call) is { } before && before.Stage == stage ? before : null;

    /// <summary>What failed was never done, and what was asked because of it was never asked.</summary>
    private void Rewind()
    {
        Status = RunStatus.Running;
        Error = null;
        if (_firstFailure is not { } failure)
            return;

        foreach (var call in _calls.Values.Where(call => call.Failed || _startSequence[call.Call] > failure).ToList())
        {
            if (call.Failed)
                _rewound[call.Call] = call;
            _calls.Remove(call.Call);
            _startSequence.Remove(call.Call);
            _outcomes.Remove(call.Call);
        }

        _firstFailure = null;
    }

    private void End(RunStatus status, string? error)
    {
        Status = status;
        Error = error;
    }

    private void Change(JournalRecord record, Func<RecordedCall, RecordedCall> change)
    {
        var call = record.Call ?? throw new InvalidDataException($"record {record.Sequence} ({record.Kind}) names no call, expected its number");
        if (!_calls.TryGetValue(call, out var known))
            throw new InvalidDataException($"record {record.Sequence} ({record.Kind}) is about call {call}, expected a call that was started");
        _calls[call] = change(known);
    }
}
