using System.Numerics;
using TwoTower.Kernels;

namespace TwoTower.Evaluation;

/// <summary>
/// The resampled means of many values at once: a matrix product of how often each resample draws each user with the values of the
/// user, block by block of users, so that memory is resamples × values.
/// </summary>
internal sealed class ResampledMeans
{
    private const int MostUsers = 2048;
    private const int Stripe = 32;

    private readonly IReadOnlyList<UserValues> _values;
    private readonly int[] _weightColumn;
    private readonly int[] _weighedBy;
    private readonly int _columns;
    private readonly double[] _sums;
    private readonly int _resamples;
    private readonly int _block;

    private ResampledMeans(IReadOnlyList<UserValues> values, UserMoments[] moments, int resamples)
    {
        (_values, _resamples) = (values, resamples);
        _block = Math.Min(MostUsers, (values[0].Users + Vector<uint>.Count - 1) / Vector<uint>.Count * Vector<uint>.Count);

        // values of the same users share the column that adds up how often these were drawn
        var groups = moments.Select((m, value) => (m.Defined, value)).GroupBy(m => m.Defined, m => m.value).ToArray();
        _weighedBy = [.. groups.Select(group => group.First())];
        _weightColumn = new int[values.Count];
        for (var g = 0; g < groups.Length; g++)
        {
            foreach (var value in groups[g])
                _weightColumn[value] = values.Count + g;
        }

        _columns = values.Count + groups.Length;
        _sums = new double[(long)resamples * _columns];
    }

    /// <returns>[values][resamples]; NaN where no user with a value was drawn.</returns>
    public static double[][] Draw(
        IReadOnlyList<UserValues> values, UserMoments[] moments, int resamples, int seed, ParallelOptions options)
    {
        var means = new ResampledMeans(values, moments, resamples);
        var (panels, block) = (new PackedPanels(), new FloatBuffer((long)means._block * means._columns));
        for (var firstUser = 0; firstUser < values[0].Users; firstUser += means._block)
        {
            means.Pack(firstUser, block, panels, options);
            var first = firstUser;
            Parallel.For(
                0, (resamples + Stripe - 1) / Stripe, options,
                () => (Counts: new FloatBuffer(Stripe * means._block), Products: new FloatBuffer((long)Stripe * means._columns)),
                (stripe, _, work) =>
                {
                    means.Add(seed, stripe, first, panels, work.Counts, work.Products);
                    return work;
                },
                static _ => { });
        }

        GC.KeepAlive(block); // its pointer is in use until the last block is packed
        return [.. Enumerable.Range(0, values.Count).Select(means.Of)];
    }

    /// <summary>Row-major [users of the block, columns]: what each user adds, 0 where it has no value and beyond the last user.</summary>
    private unsafe void Pack(int firstUser, FloatBuffer block, PackedPanels panels, ParallelOptions options)
    {
        var users = Math.Min(_block, _values[0].Users - firstUser);
        block.Span.Clear();
        Parallel.For(0, _columns, options, column =>
        {
            var isWeight = column >= _values.Count;
            var value = isWeight ? _weighedBy[column - _values.Count] : column;
            Span<double> own = stackalloc double[users];
            _values[value].CopyTo(firstUser, own);
            for (var u = 0; u < users; u++)
                block.Pointer[((long)u * _columns) + column] = double.IsNaN(own[u]) ? 0 : isWeight ? 1 : (float)own[u];
        });
        panels.PackAll(_block, _columns, block.Pointer, _columns, 1);
    }

    private unsafe void Add(int seed, int stripe, int firstUser, PackedPanels panels, FloatBuffer counts, FloatBuffer products)
    {
        var (first, rows) = (stripe * Stripe, Math.Min(Stripe, _resamples - (stripe * Stripe)));
        for (var r = 0; r < rows; r++)
            ResampleCounts.Fill(seed, first + r, firstUser, counts.Span.Slice(r * _block, _block));
        Gemm.Multiply(Simd.Best, rows, counts.Pointer, _block, 1, panels, products.Pointer, _columns);
        for (var k = 0; k < rows * _columns; k++)
            _sums[((long)first * _columns) + k] += products.Pointer[k];
    }

    private double[] Of(int value)
    {
        var means = new double[_resamples];
        for (var r = 0; r < _resamples; r++)
        {
            var row = (long)r * _columns;
            means[r] = _sums[row + value] / _sums[row + _weightColumn[value]];
        }

        return means;
    }
}
