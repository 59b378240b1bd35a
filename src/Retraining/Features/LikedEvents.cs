using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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
        var events = end - start;
        Reserve(events);
        // Plain references: a check of each of five places would take as long as the rest. The slices check the whole range.
        ref var item = ref MemoryMarshal.GetReference(log.Item.AsSpan(start, events));
        ref var time = ref MemoryMarshal.GetReference(log.Time.AsSpan(start, events));
        ref var positive = ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(log.Positive.AsSpan(start, events)));
        ref var items = ref MemoryMarshal.GetArrayDataReference(_item);
        ref var times = ref MemoryMarshal.GetArrayDataReference(_time);
        nuint count = 0;
        nuint e = 0;
        if (Avx512F.VL.IsSupported)
        {
            for (; e + Lanes.Longs <= (nuint)events; e += Lanes.Longs)
            {
                var likes = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref positive, e));
                Keep(likes, Vector256.LoadUnsafe(ref item, e)).StoreUnsafe(ref items, count);
                Keep(likes, Vector512.LoadUnsafe(ref time, e)).StoreUnsafe(ref times, count);
                count += (nuint)BitOperations.PopCount(likes);
            }
        }

        for (; e < (nuint)events; e++)
        {
            // Written in any case and kept if it is a like: which videos a user likes, no processor guesses.
            Unsafe.Add(ref items, count) = Unsafe.Add(ref item, e);
            Unsafe.Add(ref times, count) = Unsafe.Add(ref time, e);
            count += Unsafe.Add(ref positive, e);
        }

        Close((int)count);
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

    /// <summary>Moves the values of likes to the front.</summary>
    /// <param name="likes">Eight bytes, 1 for a like.</param>
    private static Vector256<int> Keep(ulong likes, Vector256<int> values) => Avx512F.VL.Compress(
        Vector256<int>.Zero, Vector256.GreaterThan(Avx2.ConvertToVector256Int32(Vector128.CreateScalar(likes).AsByte()), Vector256<int>.Zero), values);

    private static Vector512<long> Keep(ulong likes, Vector512<long> values) => Avx512F.Compress(
        Vector512<long>.Zero, Vector512.GreaterThan(Avx512F.ConvertToVector512Int64(Vector128.CreateScalar(likes).AsByte()), Vector512<long>.Zero), values);

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
