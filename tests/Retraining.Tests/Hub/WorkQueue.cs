using System.Threading.Channels;
using Grpc.Core;
using Microsoft.DurableTask.Protobuf;

namespace Retraining.Tests.Hub;

/// <summary>What a hub has to do and which worker does it.</summary>
internal sealed class WorkQueue : IServerStreamWriter<WorkItem>
{
    private readonly Lock _gate = new();
    private readonly List<WorkItem> _waiting = [];
    private readonly List<Worker> _workers = [];
    private readonly List<(int Worker, string Activity)> _given = [];
    private int _entered;

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Activities in the order in which they were given out, with the number of the worker, from 1 by entry.</summary>
    public IReadOnlyList<(int Worker, string Activity)> Given
    {
        get
        {
            lock (_gate)
                return [.. _given];
        }
    }

    /// <summary>Activities that a worker has not answered yet.</summary>
    public IReadOnlyList<string> Held
    {
        get
        {
            lock (_gate)
                return [.. _workers.SelectMany(worker => worker.Held.Values).Where(IsActivity).Select(item => item.ActivityRequest.Name)];
        }
    }

    /// <summary>How many workers have come so far.</summary>
    public int Workers => Volatile.Read(ref _entered);

    public static string KeyOf(string instanceId, int? taskId = null) => $"{instanceId}/{taskId}";

    public Task WriteAsync(WorkItem message)
    {
        lock (_gate)
        {
            _waiting.Add(message);
            Assign();
        }

        return Task.CompletedTask;
    }

    public Worker Enter(GetWorkItemsRequest request)
    {
        lock (_gate)
        {
            var worker = new Worker(++_entered, request);
            _workers.Add(worker);
            Assign();
            return worker;
        }
    }

    public void Leave(Worker worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker);
            _waiting.AddRange(worker.Held.Values);
            Assign();
        }
    }

    public void Answered(string key)
    {
        lock (_gate)
        {
            foreach (var worker in _workers)
                worker.Held.Remove(key);
            Assign();
        }
    }

    private void Assign()
    {
        foreach (var item in _waiting.ToList())
        {
            if (_workers.Find(worker => worker.Takes(item)) is not { } taker)
                continue;
            _waiting.Remove(item);
            taker.Held[KeyOf(item)] = item;
            if (IsActivity(item))
                _given.Add((taker.Number, item.ActivityRequest.Name));
            taker.Given.Writer.TryWrite(item);
        }
    }

    private static bool IsActivity(WorkItem item) => item.RequestCase == WorkItem.RequestOneofCase.ActivityRequest;

    private static string KeyOf(WorkItem item) => IsActivity(item)
        ? KeyOf(item.ActivityRequest.OrchestrationInstance.InstanceId, item.ActivityRequest.TaskId)
        : KeyOf(item.OrchestratorRequest.InstanceId);

    /// <summary>One worker's connection.</summary>
    internal sealed class Worker(int number, GetWorkItemsRequest request)
    {
        public int Number => number;

        public Channel<WorkItem> Given { get; } = Channel.CreateUnbounded<WorkItem>();

        public Dictionary<string, WorkItem> Held { get; } = new(StringComparer.Ordinal);

        /// <returns>Null when the time is up.</returns>
        public async Task<WorkItem?> NextAsync(CancellationToken quiet)
        {
            try
            {
                return await Given.Reader.ReadAsync(quiet);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        public bool Takes(WorkItem item)
        {
            var slots = IsActivity(item) ? request.MaxConcurrentActivityWorkItems : request.MaxConcurrentOrchestrationWorkItems;
            if (Held.Values.Count(held => IsActivity(held) == IsActivity(item)) >= slots)
                return false;
            return !IsActivity(item) || request.WorkItemFilters is not { } filters
                || filters.Activities.Any(filter => filter.Name == item.ActivityRequest.Name);
        }
    }
}
