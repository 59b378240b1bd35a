using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Chooses the candidates of each step and their logit corrections, as the options say.</summary>
internal sealed class CandidateDraw(TrainerOptions options, int catalogue, IExampleSource source)
{
    private const int NegativesStream = 101;

    /// <summary>Negative items of each target for the binary loss, [targets × options.Negatives].</summary>
    public List<int> Negatives { get; } = [];

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
        for (var n = 0; n < batch.Targets * options.Negatives; n++)
        {
            var item = CounterRandom.Below(key, (uint)n, catalogue);
            candidates.Draw(item);
            Negatives.Add(item);
        }
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
