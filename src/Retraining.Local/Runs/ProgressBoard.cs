using System.Collections.Concurrent;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Local.Files;

namespace Retraining.Local.Runs;

/// <summary>The newest progress of each running stage, by call, written to a small file that other processes read.</summary>
internal sealed class ProgressBoard(string path)
{
    private const int MaxMessage = 500;
    private const int MaxValues = 32;
    private readonly ConcurrentDictionary<int, StageProgress> _progress = new();
    private int _dirty;

    /// <summary>Cheap; the file follows when <see cref="Write"/> is next called.</summary>
    public IProgress<StageProgress> For(int call) => new Receiver(this, call);

    public void Remove(int call)
    {
        if (_progress.TryRemove(call, out _))
            Volatile.Write(ref _dirty, 1);
    }

    /// <summary>Writes the file when something is new.</summary>
    public void Write()
    {
        if (Interlocked.Exchange(ref _dirty, 0) != 0)
            DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(new SortedDictionary<int, StageProgress>(_progress), RecordJson.Options), flushToDisk: false);
    }

    /// <summary>Empty when there is none or it cannot be read.</summary>
    public static IReadOnlyDictionary<int, StageProgress> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<int, StageProgress>>(File.ReadAllBytes(path), RecordJson.Options) ?? [];
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
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
