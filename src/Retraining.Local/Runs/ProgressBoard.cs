using System.Collections.Concurrent;
using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Local.Runs;

/// <summary>The newest progress of each running stage, by call, written where other processes read it.</summary>
/// <param name="write">Replaces what was there.</param>
internal sealed class ProgressBoard(Action<byte[]> write)
{
    /// <summary>Most bytes for all stages together.</summary>
    public const int MaxBytes = 16 * 1024;

    // Characters of a message and number of values: the first that fits is taken, and the last fits for as many stages as run at once.
    private static readonly (int Message, int Values)[] Sizes = [(500, 32), (200, 8), (80, 2), (10, 0)];
    private readonly ConcurrentDictionary<int, StageProgress> _progress = new();
    private int _dirty;

    /// <summary>Cheap; the others see it when <see cref="Write"/> is next called.</summary>
    public IProgress<StageProgress> For(int call) => new Receiver(this, call);

    public void Remove(int call)
    {
        if (_progress.TryRemove(call, out _))
            Volatile.Write(ref _dirty, 1);
    }

    /// <summary>Writes when something is new.</summary>
    public void Write()
    {
        if (Interlocked.Exchange(ref _dirty, 0) == 0)
            return;
        var fitting = Sizes.Select(size => Json(size.Message, size.Values)).FirstOrDefault(json => json.Length <= MaxBytes);
        write(fitting ?? "{}"u8.ToArray());
    }

    private byte[] Json(int message, int values)
    {
        var cut = _progress.ToDictionary(stage => stage.Key, stage => stage.Value.Cut(message, values));
        return JsonSerializer.SerializeToUtf8Bytes(new SortedDictionary<int, StageProgress>(cut), RecordJson.Options);
    }

    /// <summary>Empty when there is none or it cannot be read.</summary>
    public static IReadOnlyDictionary<int, StageProgress> Read(byte[] json)
    {
        try
        {
            return json.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<int, StageProgress>>(json, RecordJson.Options) ?? [];
        }
        catch (JsonException)
        {
            return new Dictionary<int, StageProgress>();
        }
    }

    private sealed class Receiver(ProgressBoard board, int call) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            board._progress[call] = value.Cut(Sizes[0].Message, Sizes[0].Values); // kept small, too
            Volatile.Write(ref board._dirty, 1);
        }
    }
}
