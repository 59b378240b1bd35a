#if DURABLE_TASK
using System.Text.Json;
using System.Threading.Channels;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker.Grpc;
using Microsoft.DurableTask.Worker.Shims;
using Retraining.Host.Durable;

namespace Retraining.Tests.Engines;

/// <summary>
/// One orchestration, hub and worker in one process. The orchestrator runs in Durable Task's own runner, which gets the whole history at each
/// step, as a Functions app does; this keeps the history, calls the activities and fires the timers. Timers of up to a minute fire at once.
/// </summary>
internal sealed class OneProcessHub(
    string instanceId, DurableRun input, Func<TaskOrchestrationContext, DurableRun?, Task<JsonElement>> orchestrator,
    Func<string, StageCall, CancellationToken, Task<StageAnswer>> activity, DateTimeOffset start) : IAsyncDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);

    private readonly Channel<HistoryEvent> _happened = Channel.CreateUnbounded<HistoryEvent>();
    private readonly List<HistoryEvent> _history = [];
    private readonly Dictionary<int, ScheduleTaskAction> _asked = [];
    private readonly Dictionary<int, DateTimeOffset> _timers = [];
    private readonly TaskCompletionSource<(JsonElement?, string?)> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private DateTimeOffset _now = start;
    private CancellationTokenSource _stopping = new();
    private List<Task> _running = [];

    /// <summary>Output or error.</summary>
    public Task<(JsonElement? Output, string? Error)> Ended => _ended.Task;

    /// <summary>As the last step set it.</summary>
    public string? CustomStatus { get; private set; }

    public void Raise(string name, string json) =>
        Tell(new HistoryEvent { EventRaised = new EventRaisedEvent { Name = name, Input = json } });

    public void Pass(TimeSpan time)
    {
        _now += time;
        FireDue();
    }

    public async Task UntilItWaitsAsync()
    {
        while (!IsWaiting())
            await Task.Yield();
    }

    /// <summary>Takes the worker away. What it was asked and did not answer stays with the hub.</summary>
    public async Task StopAsync()
    {
        List<Task> running;
        lock (_gate)
        {
            _stopping.Cancel();
            running = [.. _running];
        }

        await Task.WhenAll(running);
    }

    /// <summary>A worker comes, and is asked what the last one did not answer.</summary>
    public void GoOn()
    {
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
        if (_history.Count == 0)
            Tell(new HistoryEvent { ExecutionStarted = Started() });
        lock (_gate)
        {
            _running = [.. _asked.Select(asked => AnswerAsync(asked.Key, asked.Value, _stopping.Token))];
            _running.Add(Task.Run(() => StepAsync(_stopping.Token)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private ExecutionStartedEvent Started() => new()
    {
        Name = DurableRun.Orchestrator,
        Input = JsonDataConverter.Default.Serialize(input),
        OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId, ExecutionId = "1" },
    };

    private async Task StepAsync(CancellationToken stopping)
    {
        try
        {
            while (await _happened.Reader.WaitToReadAsync(stopping) && !_ended.Task.IsCompleted)
            {
                lock (_gate)
                {
                    stopping.ThrowIfCancellationRequested();
                    Step(stopping);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The worker went away.
        }
        catch (Exception fault)
        {
            _ended.TrySetException(fault);
        }
    }

    private void Step(CancellationToken stopping)
    {
        List<HistoryEvent> news = [At(new HistoryEvent { OrchestratorStarted = new OrchestratorStartedEvent() })];
        while (_happened.Reader.TryRead(out var happened))
            news.Add(happened);

        var request = new OrchestratorRequest { InstanceId = instanceId, ExecutionId = "1", PastEvents = { _history }, NewEvents = { news } };
        var answer = GrpcOrchestrationRunner.LoadAndRun<DurableRun, JsonElement>(Convert.ToBase64String(request.ToByteArray()), orchestrator);
        var response = OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(answer));

        _history.AddRange(news);
        CustomStatus = response.CustomStatus;
        foreach (var action in response.Actions)
            Do(action, stopping);
        _history.Add(At(new HistoryEvent { OrchestratorCompleted = new OrchestratorCompletedEvent() }));
        FireDue();
    }

    private void Do(OrchestratorAction action, CancellationToken stopping)
    {
        switch (action.OrchestratorActionTypeCase)
        {
            case OrchestratorAction.OrchestratorActionTypeOneofCase.ScheduleTask:
                var asked = action.ScheduleTask;
                _history.Add(At(new HistoryEvent { EventId = action.Id, TaskScheduled = new TaskScheduledEvent { Name = asked.Name, Input = asked.Input } }));
                _asked[action.Id] = asked;
                _running.Add(AnswerAsync(action.Id, asked, stopping));
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.CreateTimer:
                _history.Add(At(new HistoryEvent { EventId = action.Id, TimerCreated = new TimerCreatedEvent { FireAt = action.CreateTimer.FireAt } }));
                _timers[action.Id] = action.CreateTimer.FireAt.ToDateTimeOffset();
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.CompleteOrchestration:
                var end = action.CompleteOrchestration;
                _ended.TrySetResult(end.FailureDetails is { } failure
                    ? (null, failure.ErrorMessage)
                    : (JsonSerializer.Deserialize<JsonElement>(end.Result), null));
                break;
            default:
                throw new NotSupportedException($"the orchestrator asks for {action.OrchestratorActionTypeCase}");
        }
    }

    private async Task AnswerAsync(int id, ScheduleTaskAction asked, CancellationToken stopping)
    {
        await Task.Yield();
        var answer = new HistoryEvent();
        try
        {
            var work = FuncTaskActivity.Create<StageCall, StageAnswer>((_, call) => activity(asked.Name, call!, stopping)!);
            var context = new global::DurableTask.Core.TaskContext(new global::DurableTask.Core.OrchestrationInstance { InstanceId = instanceId });
            var result = await DurableTaskShimFactory.Default.CreateActivity(asked.Name, work).RunAsync(context, asked.Input);
            answer.TaskCompleted = new TaskCompletedEvent { TaskScheduledId = id, Result = result };
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            return; // asked again
        }
        catch (Exception fault)
        {
            var details = new Microsoft.DurableTask.Protobuf.TaskFailureDetails { ErrorType = fault.GetType().FullName, ErrorMessage = fault.Message };
            answer.TaskFailed = new TaskFailedEvent { TaskScheduledId = id, FailureDetails = details };
        }

        lock (_gate)
        {
            _asked.Remove(id);
            Tell(answer);
        }
    }

    private void FireDue()
    {
        lock (_gate)
        {
            foreach (var (id, at) in _timers.Where(timer => timer.Value <= _now + Short).ToList())
            {
                _timers.Remove(id);
                _now = at > _now ? at : _now;
                Tell(new HistoryEvent { TimerFired = new TimerFiredEvent { TimerId = id, FireAt = Timestamp.FromDateTimeOffset(at) } });
            }
        }
    }

    private bool IsWaiting()
    {
        lock (_gate)
            return _ended.Task.IsCompleted || (_asked.Count == 0 && _timers.Count > 0 && _happened.Reader.Count == 0);
    }

    private void Tell(HistoryEvent happened) => _happened.Writer.TryWrite(At(happened));

    private HistoryEvent At(HistoryEvent happened)
    {
        happened.Timestamp = Timestamp.FromDateTimeOffset(_now);
        if (happened.EventTypeCase is not (HistoryEvent.EventTypeOneofCase.TaskScheduled or HistoryEvent.EventTypeOneofCase.TimerCreated))
            happened.EventId = -1;
        return happened;
    }
}
#endif
