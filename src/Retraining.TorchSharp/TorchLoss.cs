using TwoTower.Training;
using static TorchSharp.torch;

namespace Retraining.TorchSharp;

/// <summary>The loss of a batch, a scalar in nats averaged over the target weights: sampled or full softmax, or binary cross entropy.</summary>
internal sealed class TorchLoss(TrainerOptions options, StepDraw draw, Device device)
{
    // In place of -infinity, whose gradient through a sum of exponentials would be no number where a user has no negative at all.
    private const float Never = -1e30f;

    /// <param name="users">[user rows, dim], unit vectors.</param>
    /// <param name="items">[candidates, dim], unit vectors.</param>
    public Tensor Compute(Tensor users, Tensor items) =>
        options.Loss == TrainingLoss.BinaryCrossEntropy ? Binary(users, items) : Softmax(users, items);

    private Tensor Softmax(Tensor users, Tensor items)
    {
        var (batch, candidates) = (draw.Batch, draw.Candidates);
        var logits = users.matmul(items.t()).mul(1 / options.Temperature);
        var adjustment = tensor(candidates.Adjustment.Span[..candidates.Count].ToArray(), device: device);
        var adjusted = logits.add(adjustment).add(Mask(users.shape[0]));
        int[] slots = [.. batch.Item.Select(candidates.SlotOf)];
        var rows = Index(batch.UserRow.Select(row => (long)row));
        var positives = logits.reshape(-1)
            .index_select(0, Index(slots.Zip(batch.UserRow, (slot, row) => ((long)row * candidates.Count) + slot)))
            .add(tensor(slots.Select(slot => candidates.PositiveAdjustment.Span[slot]).ToArray(), device: device));
        var totals = adjusted.logsumexp(1).index_select(0, rows).logaddexp(positives);
        return totals.sub(positives).mul(Weights(batch.Weight)).sum();
    }

    /// <summary>[user rows, candidates], added to the logits: what is no negative for a user, and what a dislike counts.</summary>
    private Tensor Mask(long rows)
    {
        var (batch, candidates) = (draw.Batch, draw.Candidates);
        var mask = zeros(rows, candidates.Count, device: device);
        var disliked = options.DislikeWeight > 0 ? Pairs(batch.DislikedOffsets, batch.DislikedItems) : [];
        if (options.DislikeWeight > 0 && candidates.FirstUndrawn < candidates.Count && batch.DislikedOffsets.Count > 1)
            mask.narrow(1, candidates.FirstUndrawn, candidates.Count - candidates.FirstUndrawn).fill_(Never);
        Put(mask, disliked, [.. disliked.Select(pair => DislikeGain(candidates.Drawn[(int)(pair % candidates.Count)]))]);

        var targets = batch.UserRow.Zip(batch.Item, (row, item) => ((long)row * candidates.Count) + candidates.SlotOf(item));
        long[] never = [.. Pairs(batch.KnownOffsets, batch.KnownItems), .. targets];
        Put(mask, never, [.. Enumerable.Repeat(Never, never.Length)]);
        return mask;
    }

    private float DislikeGain(int drawn) => drawn > 0 ? MathF.Log(1 + ((float)options.DislikeWeight / drawn)) : 0;

    private void Put(Tensor mask, long[] places, float[] values)
    {
        if (places.Length > 0)
            mask.view(-1).index_copy_(0, Index(places), tensor(values, device: device));
    }

    /// <summary>Places in the mask of the items that are listed by user row, as far as they are candidates.</summary>
    private long[] Pairs(List<int> offsets, List<int> items)
    {
        var pairs = new List<long>();
        for (var row = 0; row + 1 < offsets.Count; row++)
        {
            for (var k = offsets[row]; k < offsets[row + 1]; k++)
            {
                if (draw.Candidates.SlotOf(items[k]) is >= 0 and var slot)
                    pairs.Add(((long)row * draw.Candidates.Count) + slot);
            }
        }

        return [.. pairs];
    }

    private Tensor Binary(Tensor users, Tensor items)
    {
        var (batch, candidates) = (draw.Batch, draw.Candidates);
        var (rows, slots, signs, weights) = (new List<long>(), new List<long>(), new List<float>(), new List<float>());
        for (var target = 0; target < batch.Targets; target++)
        {
            Add(target, batch.Item[target], sign: -1, weight: 1);
            for (var n = 0; n < draw.Chosen.NegativesPerTarget; n++)
            {
                var item = draw.Chosen.Negatives[(target * draw.Chosen.NegativesPerTarget) + n];
                if (item >= 0 && item != batch.Item[target] && !Knows(batch.UserRow[target], item))
                    Add(target, item, sign: 1, weight: n < options.Negatives ? 1 : (float)options.DislikeWeight);
            }
        }

        var pairs = users.index_select(0, Index(rows)).mul(items.index_select(0, Index(slots))).sum(1);
        var logits = pairs.mul(tensor(signs.ToArray(), device: device)).mul(1 / options.Temperature);
        return nn.functional.softplus(logits).mul(Weights(weights)).sum();

        void Add(int target, int item, float sign, float weight)
        {
            rows.Add(batch.UserRow[target]);
            slots.Add(candidates.SlotOf(item));
            signs.Add(sign);
            weights.Add(batch.Weight[target] * weight);
        }
    }

    private bool Knows(int row, int item)
    {
        var (offsets, items) = (draw.Batch.KnownOffsets, draw.Batch.KnownItems);
        return offsets.Count > row + 1 && items.BinarySearch(offsets[row], offsets[row + 1] - offsets[row], item, null) >= 0;
    }

    private Tensor Weights(IEnumerable<float> weights) =>
        tensor(weights.Select(weight => (float)(weight * draw.Share)).ToArray(), device: device);

    private Tensor Index(IEnumerable<long> values) => tensor(values.ToArray(), device: device);
}
