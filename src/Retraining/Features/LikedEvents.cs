using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Retraining.Dataset;

namespace Retraining.Features;

/// <summary>The likes of one history in order of time, drawn together so that numbers and bags find them side by side. Not thread-safe.</summary>
internal sealed class LikedEvents
{
    private int[] _item = [];
    private long[] _time = [];

    public int Count { get; private set; }

    /// <summary>Their items.</summary>
    public ReadOnlySpan<int> Item => _item.AsSpan(0, Count);

    /// <summary>Their unix milliseconds.</summary>
    public ReadOnlySpan<long> Time => _time.AsSpan(0, Count);

    /// <summary>As <see cref="Time"/>, and zeros that fill the last vector (<see cref="Lanes"/>).</summary>
    public ReadOnlySpan<long> WholeTime => _time.AsSpan(0, Lanes.Whole(Count));

    /// <summary>Takes the likes among the events [start, end).</summary>
    public void Take(InteractionLog log, int start, int end)
    {
        var count = 0;
        var item = log.Item.AsSpan(start, end - start);
        var time = log.Time.AsSpan(start, end - start);
        var positive = MemoryMarshal.AsBytes(log.Positive.AsSpan(start, end - start));
        Reserve(positive.Length);
        var (items, times) = (_item, _time);
        for (var e = 0; e < positive.Length; e++)
        {
            // Written in any case and kept if it is a like: which videos a user likes, no processor guesses.
            items[count] = item[e];
            times[count] = time[e];
            count += positive[e];
        }

        Close(count);
    }

    /// <summary>Takes the likes among chosen events, which are in order of time.</summary>
    public void Take(InteractionLog log, ReadOnlySpan<int> events)
    {
        Reserve(events.Length);
        var count = 0;
        foreach (var e in events)
        {
            (_item[count], _time[count]) = (log.Item[e], log.Time[e]);
            count += log.Positive[e] ? 1 : 0;
        }

        Close(count);
    }

    private void Reserve(int events)
    {
        if (_item.Length >= events + Lanes.Longs)
            return;
        _item = new int[(2 * events) + Lanes.Longs];
        _time = new long[(2 * events) + Lanes.Longs];
    }

    private void Close(int count)
    {
        Count = count;
        Vector512<long>.Zero.CopyTo(_time, count);
    }
}
