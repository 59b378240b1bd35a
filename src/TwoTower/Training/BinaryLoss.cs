using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>
/// Binary cross entropy: each target is a yes, its drawn negatives are a no each, and so is the one that its user turned down, with the
/// weight of dislikes. A drawn item that the user likes is left out.
/// </summary>
internal sealed unsafe class BinaryLoss : BatchLoss
{
    private const int RowBlock = 64;
    private const int ItemBlock = 64;
    private readonly WorkTeam _team;
    private readonly CandidateDraw _draw;
    private readonly int _uniform;
    private readonly double _dislikeWeight;
    private readonly double _inverseTemperature;
    private readonly Action<int, int> _rowsJob;
    private readonly Action<int, int> _itemsJob;
    private double[] _rowLoss = [];
    private int[] _slots = [];
    private int[] _userRows = [];
    private float[] _slopes = [];
    private int[] _starts = [];
    private int[] _order = [];
    private LossInput _input = null!;

    public BinaryLoss(TrainerOptions options, CandidateDraw draw, WorkTeam team)
    {
        (_team, _draw, _uniform, _dislikeWeight) = (team, draw, options.Negatives, options.DislikeWeight);
        _inverseTemperature = 1 / options.Temperature;
        (_rowsJob, _itemsJob) = (ComputeRows, ComputeItems);
    }

    private int PairsPerTarget => _draw.NegativesPerTarget + 1;

    public override double Compute(LossInput input)
    {
        _input = input;
        var (users, pairs) = (input.Batch.Users.Rows, input.Batch.Targets * PairsPerTarget);
        if (_slots.Length < pairs)
            (_slots, _userRows, _slopes, _order) = (new int[pairs], new int[pairs], new float[pairs], new int[pairs]);
        if (_rowLoss.Length < users)
            _rowLoss = new double[users];
        _team.Run((users + RowBlock - 1) / RowBlock, _rowsJob);
        GroupByItem(pairs);
        _team.Run((input.Candidates.Count + ItemBlock - 1) / ItemBlock, _itemsJob);
        var loss = 0.0;
        for (var row = 0; row < users; row++)
            loss += _rowLoss[row];
        return loss;
    }

    private void ComputeRows(int block, int worker)
    {
        var last = Math.Min(_input.Batch.Users.Rows, (block + 1) * RowBlock);
        for (var row = block * RowBlock; row < last; row++)
        {
            _rowLoss[row] = 0;
            new Span<float>(_input.UserGradient.Pointer + ((long)row * _input.Dim), _input.Dim).Clear();
            foreach (var target in _input.Candidates.TargetsOf(row))
                _rowLoss[row] += ComputeTarget(row, target);
        }
    }

    private double ComputeTarget(int row, int target)
    {
        var (batch, loss) = (_input.Batch, 0.0);
        for (var n = 0; n < PairsPerTarget; n++)
        {
            var item = n == 0 ? batch.Item[target] : _draw.Negatives[(target * _draw.NegativesPerTarget) + n - 1];
            var slot = item < 0 ? 0 : _input.Candidates.SlotOf(item);
            var pair = (target * PairsPerTarget) + n;
            (_slots[pair], _userRows[pair], _slopes[pair]) = (slot, row, 0);
            if (n > 0 && (item < 0 || item == batch.Item[target] || Knows(row, item)))
                continue;
            var users = new ReadOnlySpan<float>(_input.Users.Pointer + ((long)row * _input.Dim), _input.Dim);
            var items = new ReadOnlySpan<float>(_input.Items.Pointer + ((long)slot * _input.Dim), _input.Dim);
            var logit = TensorPrimitives.Dot(users, items) * _inverseTemperature * (n == 0 ? -1 : 1); // softplus(logit) is the pair's loss
            var weight = batch.Weight[target] * _input.Share * (n > _uniform ? _dislikeWeight : 1);
            loss += weight * (Math.Max(logit, 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit))));
            _slopes[pair] = (float)(weight / (1 + Math.Exp(-logit)) * _inverseTemperature * (n == 0 ? -1 : 1));
            var gradient = new Span<float>(_input.UserGradient.Pointer + ((long)row * _input.Dim), _input.Dim);
            TensorPrimitives.MultiplyAdd(items, _slopes[pair], gradient, gradient);
        }

        return loss;
    }

    private bool Knows(int row, int item)
    {
        var batch = _input.Batch;
        return batch.KnownOffsets.Count > row + 1
            && CollectionsMarshal.AsSpan(batch.KnownItems)[batch.KnownOffsets[row]..batch.KnownOffsets[row + 1]].BinarySearch(item) >= 0;
    }

    private void GroupByItem(int pairs)
    {
        if (_starts.Length < _input.Candidates.Count + 2)
            _starts = new int[_input.Candidates.Count + 2];
        Array.Clear(_starts);
        for (var pair = 0; pair < pairs; pair++)
            _starts[_slots[pair] + 2]++;
        for (var slot = 2; slot < _starts.Length; slot++)
            _starts[slot] += _starts[slot - 1];
        for (var pair = 0; pair < pairs; pair++)
            _order[_starts[_slots[pair] + 1]++] = pair;
    }

    private void ComputeItems(int block, int worker)
    {
        var last = Math.Min(_input.Candidates.Count, (block + 1) * ItemBlock);
        for (var slot = block * ItemBlock; slot < last; slot++)
        {
            var gradient = new Span<float>(_input.ItemGradient.Pointer + ((long)slot * _input.Dim), _input.Dim);
            gradient.Clear();
            for (var k = _starts[slot]; k < _starts[slot + 1]; k++)
            {
                var users = new ReadOnlySpan<float>(_input.Users.Pointer + ((long)_userRows[_order[k]] * _input.Dim), _input.Dim);
                TensorPrimitives.MultiplyAdd(users, _slopes[_order[k]], gradient, gradient);
            }
        }
    }
}
