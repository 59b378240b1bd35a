using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Copies feature rows for one step, leaving out what dropout hides.</summary>
/// <param name="columns">Width of a row.</param>
/// <param name="dropout">Share of values left out; those that stay grow by 1 / (1 - share).</param>
/// <param name="idColumns">Columns of a row's identity.</param>
/// <param name="idDropout">Chance that a row's identity is left out.</param>
internal sealed class RowStaging(int columns, double dropout, Range idColumns, double idDropout)
{
    private readonly uint _threshold = CounterRandom.Threshold(dropout);
    private readonly uint _idThreshold = CounterRandom.Threshold(idDropout);
    private readonly float _scale = (float)(1 / (1 - dropout));
    private readonly (int First, int Length) _ids = idColumns.GetOffsetAndLength(columns);
    private int[] _keptColumns = [];
    private float[] _keptValues = [];

    public SparseRows Rows { get; } = new(columns);

    public bool CopiesOnly => dropout <= 0 && (idDropout <= 0 || _ids.Length == 0);

    /// <summary>Takes the given rows of <paramref name="source"/>.</summary>
    /// <param name="source">Rows to take from.</param>
    /// <param name="selection">Row numbers.</param>
    /// <param name="key">Of the step.</param>
    public void Take(SparseRows source, ReadOnlySpan<int> selection, ulong key)
    {
        Rows.Clear();
        for (var r = 0; r < selection.Length; r++)
        {
            if (CopiesOnly)
                Rows.AddUnchecked(source.RowIndices(selection[r]), source.RowValues(selection[r]));
            else
                Thin(source, selection[r], r, key);
        }
    }

    /// <summary>Takes every row of <paramref name="source"/>.</summary>
    public void TakeAll(SparseRows source, ulong key)
    {
        Rows.Clear();
        for (var r = 0; r < source.Rows; r++)
            Thin(source, r, r, key);
    }

    private void Thin(SparseRows source, int row, int place, ulong key)
    {
        var indices = source.RowIndices(row);
        var values = source.RowValues(row);
        if (_keptColumns.Length < indices.Length)
            (_keptColumns, _keptValues) = (new int[indices.Length * 2], new float[indices.Length * 2]);
        var hideId = idDropout > 0 && CounterRandom.Draw(key + 1, (uint)row) < _idThreshold;
        var rowKey = key ^ ((ulong)(uint)place << 32) ^ ((ulong)(uint)place * 0x9E3779B9u);
        var kept = 0;
        for (var k = 0; k < indices.Length; k++)
        {
            var hidden = (hideId && (uint)(indices[k] - _ids.First) < (uint)_ids.Length)
                || (_threshold > 0 && CounterRandom.Draw(rowKey, (uint)k) < _threshold);
            if (!hidden)
                (_keptColumns[kept], _keptValues[kept++]) = (indices[k], values[k] * _scale);
        }

        Rows.AddUnchecked(_keptColumns.AsSpan(0, kept), _keptValues.AsSpan(0, kept));
    }
}
