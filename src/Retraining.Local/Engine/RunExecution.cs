using Microsoft.Extensions.Logging;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>One run, carried by this process from where its journal ends to its end, or until it is stopped.</summary>
internal sealed class RunExecution
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);
    private const int BeatsPerRenewal = 10;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop;
    private readonly SuspendGate _gate = new();
    private readonly RunHistory _history;
    private readonly IRunJournal _journal;
    private readonly RunKey _run;
    private readonly EventBox _events = new();
    private readonly ProgressBoard _progress;
    private readonly JournaledContext _context;
    private readonly EngineServices _services;
    private readonly ILogger _logger;
    private readonly RequestBook _requests;
    private volatile AskedRequest? _terminate;

    /// <param name="stop">Cancelled to stop the run so that it can go on later, in this process or another.</param>
    public RunExecution(
        IJournalHome home, RunKey run, IRunJournal journal, CancellationTokenSource stop, WorkSlots slots, EngineServices services, ILogger logger)
    {
        _run = run;
        _stop = stop;
        _journal = journal;
        _services = services;
        _logger = logger;
        _history = RunHistory.From(journal.Records);
        _progress = new ProgressBoard(json => home.WriteProgress(run, json));
        _requests = new RequestBook(home, run, journal);
        var book = new OutcomeBook(journal);
        var stages = new StageRunner(_history, book, _progress, slots, _gate, services, logger);
        var waits = new WaitRunner(_history, book, _events, services.Time);
        _context = new JournaledContext(_history, new DefinitionPump(), stages, waits, _stop.Token);
        if (_history.Status == RunStatus.Suspended)
            _gate.Close();
        if (_history.Calls.Count > 0)
            logger.RunContinued(run.RunId, _history.Outcomes.Count);
    }

    /// <summary>Carries the run.</summary>
    /// <exception cref="JournalWriteException">The journal takes no more records; the run can go on later.</exception>
    public async Task RunAsync()
    {
        using var beating = new CancellationTokenSource();
        var heart = BeatAsync(beating.Token);
        (string Kind, object Content) end;
        try
        {
            end = await RunToEndAsync();
        }
        finally
        {
            await beating.CancelAsync();
            await heart;
        }

        if (end.Kind == EventKinds.RunInterrupted)
            TakeRequests(); // asked since the last beat
        if (end.Kind == EventKinds.RunInterrupted && _terminate is { } asked)
            end = (EventKinds.RunTerminated, new ReasonContent(asked.Request.Reason, asked.Id));
        _journal.Append(end.Kind, end.Content);
        _logger.RunEnded(_history.Started.RunId, end.Kind);
    }

    private async Task<(string Kind, object Content)> RunToEndAsync()
    {
        using var span = RunTelemetry.StartRun(_history.Started.RunId, _history.Started.Request.StartedBy, _services.Time);
        try
        {
            var result = await _context.RunAsync(_services.Definition);
            span.Outcome = result.Outcome.ToString();
            return (EventKinds.RunCompleted, new RunCompletedContent(result));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return (EventKinds.RunInterrupted, new ReasonContent(null));
        }
        catch (Exception e) when (e is not JournalWriteException)
        {
            span.Fail(Sentence(e), e);
            // A stage's failure is told by the definition. Before it is recorded: told twice after a crash is better than never.
            if (e is not StageFailedException { Stage: var stage } || stage == Stages.NotifyPeople.Name)
                await TellFailureAsync(Sentence(e));
            return (EventKinds.RunFailed, new RunFailedContent(Sentence(e)));
        }
        finally
        {
            await StopStagesAsync();
        }
    }

    /// <summary>Tells people that the run has failed, or cannot go on here.</summary>
    public async Task TellFailureAsync(string error)
    {
        if (_services.Announcer is not { } announcer)
            return;
        var (run, request) = (_history.Started, _history.Started.Request);
        await new NotifyPeople(announcer).RunAsync(
            new(Result: null, error, request.StartedBy, request.Settings.Notification, request.Settings.Hosting.PublicUrl),
            new StageContext(run.RunId, run.StartedAt, Attempt: 1, new Progress<StageProgress>()),
            CancellationToken.None);
    }

    private async Task StopStagesAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _context.WhenLiveEndAsync().WaitAsync(StopLimit, _services.Time);
        }
        catch (TimeoutException)
        {
            _logger.StagesDidNotStop(_history.Started.RunId, _context.LiveCount, StopLimit.TotalMilliseconds);
        }
    }

    /// <summary>Writes progress and does what others ask, several times a second.</summary>
    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, _services.Time);
        var works = true;
        var beats = 0;
        do
        {
            try
            {
                if (++beats % BeatsPerRenewal == 0)
                    _journal.Renew();
                _progress.Write();
                TakeRequests();
                works = true;
            }
            catch (JournalWriteException)
            {
                await _stop.CancelAsync(); // another process may carry the run by now: nothing that happens here counts
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (works)
                    _logger.ProgressNotWritten(_run.RunId, e.Message);
                works = false;
            }
        }
        while (await TicksAsync(timer, cancellationToken));
    }

    private static async Task<bool> TicksAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void TakeRequests()
    {
        foreach (var asked in _requests.Open())
        {
            if (asked.Request.Kind == ControlRequest.Terminate)
            {
                // Stays until the end is recorded: if this process dies before, the next one ends the run.
                _terminate = asked;
                _stop.Cancel();
                return;
            }

            Apply(asked);
            _requests.Remove(asked);
        }
    }

    private void Apply(AskedRequest asked)
    {
        switch (_requests.Answer(asked, _gate.IsClosed ? RunStatus.Suspended : RunStatus.Running))
        {
            case EventKinds.RunSuspended:
                _gate.Close();
                break;
            case EventKinds.RunResumed:
                _gate.Open();
                break;
            case EventKinds.EventRaised:
                _events.Raise(asked.Request.EventName ?? "", asked.Request.Value ?? default);
                break;
            default:
                break;
        }
    }

    private string Sentence(Exception fault)
    {
        var text = fault is StageFailedException or HistoryMismatchException or PermanentStageException
            ? fault.Message
            : $"{fault.GetType().Name}: {fault.Message}";
        return _services.Secrets.Redact(text);
    }
}
