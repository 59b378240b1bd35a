using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>Turns one user's logits into loss and slopes. Keeps room for a row, so each thread has its own.</summary>
internal sealed unsafe class SoftmaxRow(TrainerOptions options, SimdLevel level)
{
    private readonly float _dislikeWeight = (float)options.DislikeWeight;
    private float[] _positives = new float[16];
    private float[] _disliked = new float[16];

    /// <summary>Turns a row of logits into the row's gradient up to a factor.</summary>
    /// <param name="input">Batch and candidates.</param>
    /// <param name="row">User row.</param>
    /// <param name="logits">[candidates, rounded up to 16]; overwritten.</param>
    /// <param name="bound">No logit is above it; null when that is not known closely enough.</param>
    /// <returns>The row's share of the loss, and the factor.</returns>
    public (double Loss, float Factor) Differentiate(LossInput input, int row, float* logits, float? bound)
    {
        var candidates = input.Candidates;
        var targets = candidates.TargetsOf(row);
        if (targets.Length == 0)
        {
            new Span<float>(logits, candidates.Count).Clear();
            return (0, 0);
        }

        var positives = Room(ref _positives, targets.Length);
        for (var t = 0; t < targets.Length; t++)
        {
            var slot = candidates.SlotOf(input.Batch.Item[targets[t]]);
            positives[t] = logits[slot] - candidates.Adjustment.Pointer[slot] + candidates.PositiveAdjustment.Pointer[slot];
        }

        Weigh(input, row, logits);
        Mask(input, row, logits);
        var padded = (candidates.Count + 15) / 16 * 16;
        new Span<float>(logits + candidates.Count, padded - candidates.Count).Fill(float.NegativeInfinity);
        var shift = bound ?? Math.Max(SoftmaxKernels.Max(logits, candidates.Count), TensorPrimitives.Max<float>(positives));
        return Differentiate(input, targets, positives, shift, SoftmaxKernels.ExpSum(level, logits, padded, shift), logits);
    }

    /// <summary>Adds up the row's loss and puts the targets' share of the gradient into its row of exponentials.</summary>
    private static (double Loss, float Factor) Differentiate(
        LossInput input, ReadOnlySpan<int> targets, ReadOnlySpan<float> positives, float shift, double negatives, float* exponentials)
    {
        var (batch, factor, loss) = (input.Batch, 0.0, 0.0);
        for (var t = 0; t < targets.Length; t++)
        {
            var (weight, positive) = (batch.Weight[targets[t]] * input.Share, positives[t] - (double)shift);
            var total = negatives + Math.Exp(positive);
            loss += weight * (Math.Log(total) - positive);
            factor += weight / total;
        }

        for (var t = 0; t < targets.Length; t++)
        {
            var (weight, positive) = (batch.Weight[targets[t]] * input.Share, Math.Exp(positives[t] - (double)shift));
            var slope = weight * (-negatives / (negatives + positive)); // positive / total - 1
            exponentials[input.Candidates.SlotOf(batch.Item[targets[t]])] += (float)(slope / factor);
        }

        return (loss, (float)factor);
    }

    /// <summary>What the user turned down counts as drawn more often; what others turned down is no candidate here.</summary>
    private void Weigh(LossInput input, int row, float* logits)
    {
        var (batch, candidates) = (input.Batch, input.Candidates);
        if (_dislikeWeight <= 0 || batch.DislikedOffsets.Count <= row + 1)
            return;
        var disliked = CollectionsMarshal.AsSpan(batch.DislikedItems)[batch.DislikedOffsets[row]..batch.DislikedOffsets[row + 1]];
        var own = Room(ref _disliked, disliked.Length);
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

    private static void Mask(LossInput input, int row, float* logits)
    {
        var (batch, candidates) = (input.Batch, input.Candidates);
        if (batch.KnownOffsets.Count > row + 1)
        {
            foreach (var item in CollectionsMarshal.AsSpan(batch.KnownItems)[batch.KnownOffsets[row]..batch.KnownOffsets[row + 1]])
            {
                var slot = candidates.SlotOf(item);
                if (slot >= 0)
                    logits[slot] = float.NegativeInfinity;
            }
        }

        foreach (var target in candidates.TargetsOf(row))
            logits[candidates.SlotOf(batch.Item[target])] = float.NegativeInfinity;
    }

    private static Span<float> Room(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new float[2 * length];
        return buffer.AsSpan(0, length);
    }
}
