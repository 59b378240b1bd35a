using System.Collections.Concurrent;
using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Local.Runs;

/// <summary>The newest progress of each running stage, by call, written where other processes read it.</summary>
/// <param name="write">Replaces what was there.</param>
internal sealed class ProgressBoard(Action<byte[]> write)
{
    private const int MaxMessage = 500;
    private const int MaxValues = 32;
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
        if (Interlocked.Exchange(ref _dirty, 0) != 0)
            write(JsonSerializer.SerializeToUtf8Bytes(new SortedDictionary<int, StageProgress>(_progress), RecordJson.Options));
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

    private static StageProgress Small(StageProgress progress) => progress with
    {
        Message = progress.Message.Length > MaxMessage ? progress.Message[..MaxMessage] : progress.Message,
        Values = progress.Values.Count > MaxValues
            ? progress.Values.OrderBy(value => value.Key, StringComparer.Ordinal).Take(MaxValues).ToDictionary()
            : progress.Values,
    };

    private sealed class Receiver(ProgressBoard board, int call) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            board._progress[call] = Small(value);
            Volatile.Write(ref board._dirty, 1);
        }
    }
}
