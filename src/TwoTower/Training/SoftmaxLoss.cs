using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>Cross entropy of each target among the candidates. Items a user knows are no negatives for them.</summary>
/// <remarks>Targets of the same user share one row of exponentials. Sampled softmax with logQ correction: Yi et al., Sampling-Bias-Corrected Neural Modeling, RecSys 2019.</remarks>
internal sealed unsafe class SoftmaxLoss : BatchLoss
{
    private const int ItemBlock = GatheredRows.Most;

    /// <summary>Most logits kept at a time, about what the caches hold; more user rows are worked off in several goes.</summary>
    private const long MostLogits = 7L << 18;

    /// <summary>Fewest blocks of user rows in one go, so that many threads find work.</summary>
    private const int LeastBlocks = 8;
    private readonly SimdLevel _level;
    private readonly WorkTeam _team;
    private readonly float _inverseTemperature;
    private readonly float _dislikeWeight;
    private readonly FloatBuffer _logits = new();
    private readonly FloatBuffer _rowScale = new();
    private readonly PackedPanels _itemColumns = new();
    private readonly PackedPanels _itemRows = new();
    private readonly PackedPanels _scaledUsers = new();
    private readonly Action<int, int> _packJob;
    private readonly Action<int, int> _rowsJob;
    private readonly Action<int, int> _packUsersJob;
    private readonly Action<int, int> _itemsJob;
    private double[] _rowLoss = [];
    private LossInput _input = null!;
    private int _rowBlock;
    private int _first;
    private int _rows;
    private long _stride;

    public SoftmaxLoss(TrainerOptions options, SimdLevel level, WorkTeam team)
    {
        (_level, _team) = (level, team);
        (_inverseTemperature, _dislikeWeight) = ((float)(1 / options.Temperature), (float)options.DislikeWeight);
        (_packJob, _rowsJob, _packUsersJob, _itemsJob) = (PackItems, ComputeRows, PackUsers, ComputeItems);
    }

    public override double Compute(LossInput input)
    {
        _input = input;
        var (users, items, dim) = (input.Batch.Users.Rows, input.Candidates.Count, input.Dim);
        _stride = ((items + 15) / 16 * 16) + 16; // rows that are not a power of two apart do not share cache sets
        _rowBlock = users >= 1024 ? 64 : 32;
        var most = (int)Math.Max(LeastBlocks, MostLogits / _stride / _rowBlock) * _rowBlock;
        _logits.Resize(_stride * Math.Min(users, most));
        _rowScale.Resize(users);
        if (_rowLoss.Length < users)
            _rowLoss = new double[users];
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
            _rowScale.Pointer[_first + first + r] = Exponentiate(_first + first + r, logits + (r * _stride));

        Gemm.Multiply(_level, count, logits, _stride, 1, _itemRows, gradient, dim);
        for (var r = 0; r < count; r++)
        {
            var row = new Span<float>(gradient + ((long)r * dim), dim);
            TensorPrimitives.Multiply(row, _rowScale.Pointer[_first + first + r], row);
        }
    }

    /// <summary>Turns a row of logits into the row's gradient up to a factor, which is returned.</summary>
    private float Exponentiate(int row, float* logits)
    {
        var (batch, candidates) = (_input.Batch, _input.Candidates);
        var targets = candidates.TargetsOf(row);
        _rowLoss[row] = 0;
        if (targets.Length == 0)
        {
            new Span<float>(logits, candidates.Count).Clear();
            return 0;
        }

        Span<float> positives = targets.Length <= 128 ? stackalloc float[targets.Length] : new float[targets.Length];
        for (var t = 0; t < targets.Length; t++)
        {
            var slot = candidates.SlotOf(batch.Item[targets[t]]);
            positives[t] = logits[slot] - candidates.Adjustment.Pointer[slot] + candidates.PositiveAdjustment.Pointer[slot];
        }

        Weigh(row, logits);
        Mask(row, targets, logits);
        var shift = Math.Max(SoftmaxKernels.Max(logits, candidates.Count), TensorPrimitives.Max(positives));
        var negatives = SoftmaxKernels.ExpSum(_level, logits, candidates.Count, shift);

        return Differentiate(row, targets, positives, shift, negatives, logits);
    }

    /// <summary>Adds up the row's loss and puts the targets' share of the gradient into its row of exponentials.</summary>
    private float Differentiate(
        int row, ReadOnlySpan<int> targets, ReadOnlySpan<float> positives, float shift, double negatives, float* exponentials)
    {
        var (batch, candidates) = (_input.Batch, _input.Candidates);
        var (factor, loss) = (0.0, 0.0);
        for (var t = 0; t < targets.Length; t++)
        {
            var (weight, positive) = (batch.Weight[targets[t]] * _input.Share, positives[t] - (double)shift);
            var total = negatives + Math.Exp(positive);
            loss += weight * (Math.Log(total) - positive);
            factor += weight / total;
        }

        for (var t = 0; t < targets.Length; t++)
        {
            var (weight, positive) = (batch.Weight[targets[t]] * _input.Share, Math.Exp(positives[t] - (double)shift));
            var slope = weight * (-negatives / (negatives + positive)); // positive / total - 1
            exponentials[candidates.SlotOf(batch.Item[targets[t]])] += (float)(slope / factor);
        }

        _rowLoss[row] = loss;
        return (float)factor;
    }

    /// <summary>What the user turned down counts as drawn more often; what others turned down is no candidate here.</summary>
    private void Weigh(int row, float* logits)
    {
        var (batch, candidates) = (_input.Batch, _input.Candidates);
        if (_dislikeWeight <= 0 || batch.DislikedOffsets.Count <= row + 1)
            return;
        var disliked = CollectionsMarshal.AsSpan(batch.DislikedItems)[batch.DislikedOffsets[row]..batch.DislikedOffsets[row + 1]];
        Span<float> own = disliked.Length <= 128 ? stackalloc float[disliked.Length] : new float[disliked.Length];
        for (var k = 0; k < disliked.Length; k++)
        {
            var slot = candidates.SlotOf(disliked[k]);
            var drawn = candidates.Drawn[slot];
            own[k] = logits[slot] + (drawn > 0 ? MathF.Log(1 + (_dislikeWeight / drawn)) : 0);
        }

        new Span<float>(logits + candidates.FirstUndrawn, candidates.Count - candidates.FirstUndrawn).Fill(float.NegativeInfinity);
        for (var k = 0; k < disliked.Length; k++)
            logits[candidates.SlotOf(disliked[k])] = own[k];
    }

    private void Mask(int row, ReadOnlySpan<int> targets, float* logits)
    {
        var (batch, candidates) = (_input.Batch, _input.Candidates);
        if (batch.KnownOffsets.Count > row + 1)
        {
            foreach (var item in CollectionsMarshal.AsSpan(batch.KnownItems)[batch.KnownOffsets[row]..batch.KnownOffsets[row + 1]])
            {
                var slot = candidates.SlotOf(item);
                if (slot >= 0)
                    logits[slot] = float.NegativeInfinity;
            }
        }

        foreach (var target in targets)
            logits[candidates.SlotOf(batch.Item[target])] = float.NegativeInfinity;
    }

    private void ComputeItems(int block, int worker)
    {
        var (first, dim) = (block * ItemBlock, _input.Dim);
        var count = Math.Min(ItemBlock, _input.Candidates.Count - first);
        var target = _input.ItemGradient.Pointer + ((long)first * dim);
        Gemm.Multiply(_level, count, _logits.Pointer + first, 1, _stride, _scaledUsers, target, dim, accumulate: _first > 0);
    }
}
