using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>
/// Answers what others ask of a run by records in its journal. A request is removed only once its record is on the disk, and is known by
/// its id after a crash in between: none is lost, and none is answered twice.
/// </summary>
internal sealed class RequestBook(IJournalHome home, RunKey run, IRunJournal journal)
{
    private readonly HashSet<string> _answered = [.. journal.Records.Select(AskedBy).OfType<string>()];

    /// <summary>Requests that are not removed yet, oldest first.</summary>
    public IReadOnlyList<AskedRequest> Open() => home.Requests(run);

    /// <summary>Records the answer to a request.</summary>
    /// <param name="status">Of the run now.</param>
    /// <returns>Kind of the record; null when the request changes nothing, or was answered before.</returns>
    /// <exception cref="JournalWriteException">The answer could not be recorded; the request stays.</exception>
    public string? Answer(AskedRequest asked, RunStatus status)
    {
        if (_answered.Contains(asked.Id) || KindOf(asked.Request, status) is not { } kind)
            return null;
        if (kind == EventKinds.EventRaised)
            journal.Append(kind, new EventRaisedContent(asked.Request.EventName ?? "", asked.Request.Value ?? default, asked.Id));
        else
            journal.Append(kind, new ReasonContent(asked.Request.Reason, asked.Id));
        _answered.Add(asked.Id);
        return kind;
    }

    public void Remove(AskedRequest asked) => home.RemoveRequest(run, asked.Id);

    /// <summary>Answers all requests of a run that does not move.</summary>
    /// <returns>How the run stands after them.</returns>
    public RunStatus Settle()
    {
        var status = RunHistory.From(journal.Records).Status;
        foreach (var asked in Open())
        {
            if (Answer(asked, status) is not null)
                status = RunHistory.From(journal.Records).Status;
            Remove(asked);
        }

        return status;
    }

    private static string? KindOf(ControlRequest request, RunStatus status) => (request.Kind, status) switch
    {
        // An event that was taken stays with a failed run, which may still go on.
        (ControlRequest.Raise, RunStatus.Running or RunStatus.Suspended or RunStatus.Failed) => EventKinds.EventRaised,
        (ControlRequest.Terminate, RunStatus.Running or RunStatus.Suspended) => EventKinds.RunTerminated,
        (ControlRequest.Suspend, RunStatus.Running) => EventKinds.RunSuspended,
        (ControlRequest.Resume, RunStatus.Suspended) => EventKinds.RunResumed,
        _ => null,
    };

    private static string? AskedBy(JournalRecord record) => record.Kind switch
    {
        EventKinds.EventRaised => record.Read<EventRaisedContent>().Asked,
        EventKinds.RunTerminated or EventKinds.RunSuspended or EventKinds.RunResumed => record.Read<ReasonContent>().Asked,
        _ => null,
    };
}
