using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Chooses the candidates of each step and their logit corrections, as the options say.</summary>
internal sealed class CandidateDraw(TrainerOptions options, int catalogue, IExampleSource source)
{
    private const int NegativesStream = 101;
    private const int DislikesStream = 102;

    /// <summary>
    /// Negative items of each target for the binary loss, [targets × NegativesPerTarget]: uniform ones and, where dislikes count, one that
    /// the target's user turned down at the end; -1 where there is none.
    /// </summary>
    public List<int> Negatives { get; } = [];

    public int NegativesPerTarget { get; } = options.Negatives + (options.DislikeWeight > 0 ? 1 : 0);

    public void Fill(Candidates candidates, TrainingBatch batch, long step)
    {
        candidates.Group(batch);
        if (options.Loss == TrainingLoss.FullSoftmax)
        {
            if (candidates.Count == 0)
                candidates.TakeAll();
            Neutral(candidates);
            return;
        }

        candidates.Clear();
        foreach (var item in batch.Item)
            candidates.Draw(item);
        if (options.Loss == TrainingLoss.BinaryCrossEntropy)
        {
            DrawNegatives(candidates, batch, step);
            return;
        }

        var key = CounterRandom.Key(options.Seed, NegativesStream, step);
        for (var n = 0; n < options.UniformNegatives; n++)
            candidates.Draw(CounterRandom.Below(key, (uint)n, catalogue));
        for (var k = 0; k < batch.DislikedItems.Count && options.DislikeWeight > 0; k++)
            candidates.Add(batch.DislikedItems[k]);
        Correct(candidates, batch.Targets);
    }

    private void DrawNegatives(Candidates candidates, TrainingBatch batch, long step)
    {
        Negatives.Clear();
        var key = CounterRandom.Key(options.Seed, NegativesStream, step);
        var dislikesKey = CounterRandom.Key(options.Seed, DislikesStream, step);
        for (var target = 0; target < batch.Targets; target++)
        {
            for (var n = target * options.Negatives; n < (target + 1) * options.Negatives; n++)
                Negatives.Add(CounterRandom.Below(key, (uint)n, catalogue));
            if (options.DislikeWeight > 0)
                Negatives.Add(TurnedDown(batch, target, dislikesKey));
        }

        foreach (var item in Negatives)
        {
            if (item >= 0)
                candidates.Draw(item);
        }
    }

    /// <summary>One of the items that the target's user turned down, or -1.</summary>
    private static int TurnedDown(TrainingBatch batch, int target, ulong key)
    {
        var row = batch.UserRow[target];
        if (batch.DislikedOffsets.Count <= row + 1)
            return -1;
        var (first, count) = (batch.DislikedOffsets[row], batch.DislikedOffsets[row + 1] - batch.DislikedOffsets[row]);
        return count == 0 ? -1 : batch.DislikedItems[first + CounterRandom.Below(key, (uint)target, count)];
    }

    private unsafe void Correct(Candidates candidates, int targets)
    {
        candidates.Adjustment.Resize(candidates.Count);
        candidates.PositiveAdjustment.Resize(candidates.Count);
        var probability = source.TargetProbability;
        for (var slot = 0; slot < candidates.Count; slot++)
        {
            var expected = options.LogQCorrection
                ? Math.Max(((double)targets * probability[candidates.Items[slot]]) + ((double)options.UniformNegatives / catalogue), 1e-9)
                : 1;
            var drawn = candidates.Drawn[slot] > 0 ? candidates.Drawn[slot] : options.DislikeWeight;
            candidates.Adjustment.Pointer[slot] = (float)Math.Log(drawn / expected);
            candidates.PositiveAdjustment.Pointer[slot] = options.CorrectPositive ? (float)-Math.Log(expected) : 0;
        }
    }

    private static void Neutral(Candidates candidates)
    {
        candidates.Adjustment.Resize(candidates.Count);
        candidates.PositiveAdjustment.Resize(candidates.Count);
    }
}
