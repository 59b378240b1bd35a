using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Updates one tower's weights.</summary>
/// <remarks>The first layer's gradient is summed by column and used at once, not stored, unless clipping needs its length first.</remarks>
internal sealed unsafe class TowerUpdate
{
    private const int PartsOfSlab = 16;
    private readonly TowerPass _pass;
    private readonly TowerBackward _backward;
    private readonly SimdLevel _level;
    private readonly WorkTeam _team;
    private readonly ColumnIndex _columns;
    private readonly int[] _partStart = new int[PartsOfSlab + 1];
    private readonly double[] _squares;
    private readonly Action<int, int> _fusedJob;
    private readonly Action<int, int> _gradientJob;
    private readonly Action<int, int> _storedJob;
    private readonly Action<int, int> _smallJob;
    private AdamStep _step;

    public TowerUpdate(TowerPass pass, TowerBackward backward, SimdLevel level, WorkTeam team)
    {
        (_pass, _backward, _level, _team) = (pass, backward, level, team);
        _columns = new ColumnIndex(Weights.Shape.InputDim);
        _squares = new double[(Weights.AllSlabs * PartsOfSlab) + 3];
        (_fusedJob, _gradientJob, _storedJob, _smallJob) = (UpdateFused, SumGradient, UpdateStored, UpdateSmall);
    }

    private TowerWeights Weights => _pass.Weights;

    private int Parts => Weights.AllSlabs * PartsOfSlab;

    /// <summary>Sorts the batch by column; to be called once a step before any update.</summary>
    public void Prepare(SparseRows rows)
    {
        _columns.Build(rows, _team);
        var columns = Weights.Shape.InputDim;
        for (var (part, column) = (0, 0); part < PartsOfSlab; part++)
        {
            _partStart[part] = column;
            var load = (rows.NonZeros + (4L * columns)) * (part + 1) / PartsOfSlab;
            while (column < columns && _columns.Offsets[column + 1] + (4L * (column + 1)) <= load)
                column++;
        }

        _partStart[PartsOfSlab] = columns;
    }

    /// <summary>Sums the gradient and updates every weight with it.</summary>
    /// <returns>Squared length of the gradient.</returns>
    public double UpdateDirectly(AdamStep step)
    {
        _step = step;
        _team.Run(Parts, _fusedJob);
        _team.Run(3, _smallJob);
        return _squares.Sum();
    }

    /// <summary>Sums the gradient without using it.</summary>
    /// <returns>Squared length of the gradient.</returns>
    public double SumGradients()
    {
        Weights.First.Gradient.Resize(Weights.First.Length);
        _team.Run(Parts, _gradientJob);
        var squares = 0.0;
        for (var part = 0; part < Parts; part++)
            squares += _squares[part];
        foreach (var parameter in Small)
            squares += Squares(parameter.Gradient.Pointer, parameter.Length);
        return squares;
    }

    /// <summary>Updates every weight with the gradient that <see cref="SumGradients"/> left.</summary>
    public void UpdateWithSum(AdamStep step)
    {
        _step = step;
        _team.Run(Parts, _storedJob);
        _team.Run(3, _smallJob);
    }

    private Parameter[] Small => field ??= [Weights.HiddenBias, Weights.Second, Weights.OutputBias];

    private void UpdateFused(int block, int worker)
    {
        var (slab, part) = Math.DivRem(block, PartsOfSlab);
        fixed (int* offsets = _columns.Offsets)
            _squares[block] = Slab(slab, offsets).Run(_level, _step, _partStart[part], _partStart[part + 1]);
    }

    private void SumGradient(int block, int worker)
    {
        var (slab, part) = Math.DivRem(block, PartsOfSlab);
        var squares = 0.0;
        fixed (int* offsets = _columns.Offsets)
        {
            var slabs = Slab(slab, offsets);
            for (var column = _partStart[part]; column < _partStart[part + 1]; column++)
            {
                var target = Slabs.Row(Weights.First.Gradient.Pointer, Weights.Shape.InputDim, slab, column);
                slabs.Sum(_level, column, target);
                squares += Squares(target, Slabs.Width);
            }
        }

        _squares[block] = squares;
    }

    private void UpdateStored(int block, int worker)
    {
        var (slab, part) = Math.DivRem(block, PartsOfSlab);
        var start = ((slab * Weights.Shape.InputDim) + _partStart[part]) * Slabs.Width;
        Weights.First.Update(_level, _step, start, (_partStart[part + 1] - _partStart[part]) * Slabs.Width);
        var slabs = Slab(slab, null);
        for (var column = _partStart[part]; column < _partStart[part + 1]; column++)
            slabs.PackWeight(_level, column);
    }

    private ColumnUpdate Slab(int slab, int* offsets)
    {
        var (inputs, halves) = (Weights.Shape.InputDim, Weights.HalfFirst != null);
        return new()
        {
            Offsets = offsets,
            Rows = _columns.Rows,
            Values = _columns.Values,
            Gradient = halves ? null : Slabs.Row(_backward.FirstGradient.Pointer, _pass.Rows, slab, 0),
            HalfGradient = halves ? _backward.HalfGradient(slab) : null,
            Weight = Slabs.Row(Weights.First.Weight.Pointer, inputs, slab, 0),
            FirstMoment = Slabs.Row(Weights.First.FirstMoment.Pointer, inputs, slab, 0),
            SecondMoment = Slabs.Row(Weights.First.SecondMoment.Pointer, inputs, slab, 0),
            HalfWeight = halves ? Weights.HalfColumns(slab) : null,
        };
    }

    private void UpdateSmall(int index, int worker) =>
        _squares[Parts + index] = Small[index].Update(_level, _step, 0, Small[index].Length);

    private static double Squares(float* values, int count) =>
        System.Numerics.Tensors.TensorPrimitives.SumOfSquares(new ReadOnlySpan<float>(values, count));
}
