using System.Text.Json;

namespace Retraining.Local.Engine;

/// <summary>External events of one run that nobody has taken yet, by name, oldest first. Names differ by more than case, as in Durable Functions.</summary>
internal sealed class EventBox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<JsonElement>> _raised = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<TaskCompletionSource<JsonElement>>> _waiting = new(StringComparer.OrdinalIgnoreCase);

    public void Raise(string name, JsonElement value)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(name, out var waiting) && waiting.Count > 0)
            {
                waiting[0].SetResult(value);
                waiting.RemoveAt(0);
                return;
            }

            if (!_raised.TryGetValue(name, out var raised))
                _raised[name] = raised = new Queue<JsonElement>();
            raised.Enqueue(value);
        }
    }

    /// <summary>Forgets the oldest event of a name: a recorded wait took it.</summary>
    public void Drop(string name)
    {
        lock (_gate)
        {
            if (_raised.TryGetValue(name, out var raised))
                raised.TryDequeue(out _);
        }
    }

    /// <summary>The next event of that name, or null when none came within <paramref name="limit"/>.</summary>
    public async Task<JsonElement?> TakeAsync(string name, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        TaskCompletionSource<JsonElement> mine;
        lock (_gate)
        {
            if (_raised.TryGetValue(name, out var raised) && raised.TryDequeue(out var value))
                return value;
            if (!_waiting.TryGetValue(name, out var waiting))
                _waiting[name] = waiting = [];
            mine = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add(mine);
        }

        try
        {
            await mine.Task.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nobody raised it; unless somebody did just now.
        }

        lock (_gate)
            _waiting[name].Remove(mine);
        return mine.Task.IsCompletedSuccessfully ? await mine.Task : null;
    }
}
