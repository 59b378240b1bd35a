using System.Numerics.Tensors;
using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>Cross entropy of each target among the candidates. Items a user knows are no negatives for them.</summary>
/// <remarks>
/// Targets of the same user share one row of exponentials. Sampled softmax with logQ correction: Yi et al., Sampling-Bias-Corrected Neural
/// Modeling, RecSys 2019.
/// </remarks>
internal sealed unsafe class SoftmaxLoss : BatchLoss
{
    private const int ItemBlock = GatheredRows.Most;

    /// <summary>Most logits kept at a time, about what the caches hold; more user rows are worked off in several goes.</summary>
    private const long MostLogits = 7L << 18;

    /// <summary>Fewest blocks of user rows in one go, so that many threads find work.</summary>
    private const int LeastBlocks = 8;

    /// <summary>Logarithm of what is left of the exponentials' range; e^-87 is the least.</summary>
    private const float MostReach = 40;
    private readonly SimdLevel _level;
    private readonly WorkTeam _team;
    private readonly float _inverseTemperature;
    private readonly SoftmaxRow[] _softmax;
    private readonly FloatBuffer _logits = new();
    private readonly FloatBuffer _rowScale = new();
    private readonly PackedPanels _itemColumns = new();
    private readonly PackedPanels _itemRows = new();
    private readonly PackedPanels _scaledUsers = new();
    private readonly Action<int, int> _packJob;
    private readonly Action<int, int> _rowsJob;
    private readonly Action<int, int> _packUsersJob;
    private readonly Action<int, int> _itemsJob;
    private float? _bound;
    private double[] _rowLoss = [];
    private LossInput _input = null!;
    private int _rowBlock;
    private int _first;
    private int _rows;
    private long _stride;

    public SoftmaxLoss(TrainerOptions options, SimdLevel level, WorkTeam team)
    {
        (_level, _team) = (level, team);
        _inverseTemperature = (float)(1 / options.Temperature);
        _softmax = [.. Enumerable.Range(0, team.Size).Select(_ => new SoftmaxRow(options, level))];
        (_packJob, _rowsJob, _packUsersJob, _itemsJob) = (PackItems, ComputeRows, PackUsers, ComputeItems);
    }

    public override double Compute(LossInput input)
    {
        _input = input;
        var (users, items, dim) = (input.Batch.Users.Rows, input.Candidates.Count, input.Dim);
        _stride = ((items + 15) / 16 * 16) + 16; // whole vectors; rows that are not a power of two apart do not share cache sets
        _rowBlock = users >= 1024 ? 64 : 32;
        var most = (int)Math.Max(LeastBlocks, MostLogits / _stride / _rowBlock) * _rowBlock;
        _logits.Resize(_stride * Math.Min(users, most));
        _rowScale.Resize(users);
        if (_rowLoss.Length < users)
            _rowLoss = new double[users];
        _bound = Bound(input.Candidates);
        _itemColumns.Reset(dim, items);
        _itemRows.Reset(items, dim);
        _team.Run(_itemColumns.Panels + _itemRows.Panels, _packJob);
        for (_first = 0; _first < users; _first += most)
        {
            _rows = Math.Min(most, users - _first);
            _team.Run((_rows + _rowBlock - 1) / _rowBlock, _rowsJob);
            _scaledUsers.Reset(_rows, dim);
            _team.Run(_scaledUsers.Panels, _packUsersJob);
            _team.Run((items + ItemBlock - 1) / ItemBlock, _itemsJob);
        }

        return TensorPrimitives.Sum<double>(_rowLoss.AsSpan(0, users));
    }

    /// <summary>What no logit of unit vectors exceeds; null where rows could be so far below it that exponentials lose digits.</summary>
    private float? Bound(Candidates candidates)
    {
        ReadOnlySpan<float> all = candidates.Adjustment.Span[..candidates.Count];
        ReadOnlySpan<float> positive = candidates.PositiveAdjustment.Span[..candidates.Count];
        var most = Math.Max(TensorPrimitives.Max(all), TensorPrimitives.Max(positive));
        var reach = (2 * _inverseTemperature) + most - TensorPrimitives.Min(all);
        return reach <= MostReach ? _inverseTemperature + most : null;
    }

    private void PackItems(int block, int worker)
    {
        var items = _input.Items.Pointer;
        var dim = _input.Dim;
        if (block < _itemColumns.Panels)
            _itemColumns.Pack(block, items, 1, dim, _inverseTemperature);
        else
            _itemRows.Pack(block - _itemColumns.Panels, items, dim, 1, _inverseTemperature);
    }

    private void PackUsers(int panel, int worker) =>
        _scaledUsers.Pack(
            panel, _input.Users.Pointer + ((long)_first * _input.Dim), _input.Dim, 1, _inverseTemperature, _rowScale.Pointer + _first);

    private void ComputeRows(int block, int worker)
    {
        var first = block * _rowBlock;
        var (count, dim) = (Math.Min(_rowBlock, _rows - first), _input.Dim);
        var logits = _logits.Pointer + (first * _stride);
        var users = _input.Users.Pointer + ((long)(_first + first) * dim);
        var gradient = _input.UserGradient.Pointer + ((long)(_first + first) * dim);
        Gemm.Multiply(_level, count, users, dim, 1, _itemColumns, logits, _stride, _input.Candidates.Adjustment.Pointer);
        for (var r = 0; r < count; r++)
        {
            var row = _first + first + r;
            (_rowLoss[row], _rowScale.Pointer[row]) = _softmax[worker].Differentiate(_input, row, logits + (r * _stride), _bound);
        }

        Gemm.Multiply(_level, count, logits, _stride, 1, _itemRows, gradient, dim);
        for (var r = 0; r < count; r++)
        {
            var row = new Span<float>(gradient + ((long)r * dim), dim);
            TensorPrimitives.Multiply(row, _rowScale.Pointer[_first + first + r], row);
        }
    }

    private void ComputeItems(int block, int worker)
    {
        var (first, dim) = (block * ItemBlock, _input.Dim);
        var count = Math.Min(ItemBlock, _input.Candidates.Count - first);
        var target = _input.ItemGradient.Pointer + ((long)first * dim);
        Gemm.Multiply(_level, count, _logits.Pointer + first, 1, _stride, _scaledUsers, target, dim, accumulate: _first > 0);
    }
}
