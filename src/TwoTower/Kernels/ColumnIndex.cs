using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Kernels;

/// <summary>A batch of sparse rows by column: for each column its (row, value) pairs in ascending order of row.</summary>
/// <remarks>Built by a counting sort over a fixed number of row ranges, each of which a thread can count and place on its own.</remarks>
internal sealed unsafe class ColumnIndex(int columns)
{
    /// <summary>Row ranges; a constant, so that threads do not change the order.</summary>
    private const int Ranges = 8;

    /// <summary>Pairs whose place the processor is told of before they come; places are far apart.</summary>
    private const int Ahead = 96;
    private readonly int[] _counts = new int[checked(Ranges * columns)];
    private readonly FloatBuffer _pairs = new();
    private Model.SparseRows? _source;

    /// <summary>[columns + 1]; pairs of column c lie in [Offsets[c], Offsets[c + 1]).</summary>
    public int[] Offsets { get; } = new int[columns + 1];

    /// <summary>Row of the first pair; the next is two further, for row and value lie in turn.</summary>
    public int* Rows => (int*)_pairs.Pointer;

    /// <summary>Value of the first pair, likewise.</summary>
    public float* Values => _pairs.Pointer + 1;

    public void Build(Model.SparseRows source, WorkTeam team)
    {
        _source = source;
        if (_pairs.Length < 2L * source.NonZeros)
            _pairs.Resize(2L * (source.NonZeros + (source.NonZeros / 8)));

        team.Run(Ranges, _count ??= Count);
        Place();
        team.Run(Ranges, _fill ??= Fill);
    }

    private Action<int, int>? _count;
    private Action<int, int>? _fill;

    private (int First, int Last) RowsOf(int range) =>
        ((int)((long)_source!.Rows * range / Ranges), (int)((long)_source.Rows * (range + 1) / Ranges));

    private void Count(int range, int worker)
    {
        var counts = _counts.AsSpan(range * columns, columns);
        counts.Clear();
        var (first, last) = RowsOf(range);
        var offsets = _source!.Offsets;
        foreach (var column in _source.Indices[offsets[first]..offsets[last]])
            counts[column]++;
    }

    private void Place()
    {
        var next = 0;
        for (var c = 0; c < columns; c++)
        {
            Offsets[c] = next;
            for (var range = 0; range < Ranges; range++)
            {
                ref var count = ref _counts[(range * columns) + c];
                (count, next) = (next, next + count);
            }
        }

        Offsets[columns] = next;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(int range, int worker)
    {
        var (first, last) = RowsOf(range);
        var offsets = _source!.Offsets;
        fixed (int* heads = &_counts[range * columns], indices = _source.Indices)
        fixed (float* values = _source.Values)
        {
            var pairs = (ulong*)Rows;
            var most = offsets[last] - 1;
            for (var r = first; r < last; r++)
            {
                for (int k = offsets[r], end = offsets[r + 1]; k < end; k++)
                {
                    if (Sse.IsSupported)
                        Sse.Prefetch0(pairs + heads[indices[Math.Min(k + Ahead, most)]]);
                    pairs[heads[indices[k]]++] = (uint)r | ((ulong)BitConverter.SingleToUInt32Bits(values[k]) << 32);
                }
            }
        }
    }
}
