using System.Numerics.Tensors;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Ends a run that cannot come to anything, and says which batch it was.</summary>
/// <param name="source">Names the batch.</param>
/// <param name="options">What counts as exploding.</param>
/// <param name="start">What training starts from.</param>
internal sealed class DivergenceWatch(IExampleSource source, TrainerOptions options, TwoTowerModel start)
{
    private const int CollapseInterval = 50;
    private const int LongestMemory = 100;
    private const double CollapsedAt = 0.9999;
    private readonly double _startNorm = Norm(start);
    private double _mean;
    private int _seen;
    private int _inARow;

    /// <param name="report">Of the step.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="step">Within the epoch, from 0.</param>
    /// <exception cref="TrainingDivergedException">Loss or gradient is not finite, or the gradient has exploded for a while.</exception>
    public void Check(StepReport report, int epoch, int step)
    {
        if (!double.IsFinite(report.Loss) || !double.IsFinite(report.GradientNorm))
            throw Diverged($"loss {report.Loss} and gradient norm {report.GradientNorm}, expected finite numbers", epoch, step);

        if (_seen >= options.ExplodingSteps && report.GradientNorm > options.ExplodingNorm * _mean)
        {
            if (++_inARow < options.ExplodingSteps)
                return;
            throw Diverged(
                $"gradient norm {report.GradientNorm:G4}, the {_inARow}th in a row that is more than {options.ExplodingNorm:G4} times the "
                + $"{_mean:G4} of the steps before",
                epoch, step);
        }

        (_inARow, _seen) = (0, _seen + 1);
        _mean += (report.GradientNorm - _mean) / Math.Min(_seen, LongestMemory);
    }

    /// <summary>Looks every now and then, and at the end of each epoch.</summary>
    /// <inheritdoc cref="Check"/>
    /// <exception cref="TrainingDivergedException">All users or all items of the batch lie in one point.</exception>
    public void CheckCollapse(ITrainingSteps steps, int epoch, int step)
    {
        if ((step + 1) % CollapseInterval != 0 && step + 1 < source.StepsPerEpoch)
            return;
        var (users, items) = steps.Concentration();
        foreach (var (side, concentration) in ((string, double)[])[("user", users), ("item", items)])
        {
            if (!(concentration < CollapsedAt))
            {
                throw Diverged(
                    $"the mean of the {side} embeddings has length {concentration:F6}, expected below {CollapsedAt}: "
                    + "they have collapsed to one point",
                    epoch, step);
            }
        }
    }

    /// <summary>
    /// Finds what the updates of an epoch have broken; of the last one the loss would tell only in the next step. Weights that explode do
    /// not show in the gradient: the longer a vector is, the less its direction turns.
    /// </summary>
    /// <exception cref="TrainingDivergedException">A weight is not finite, or all of them together have exploded.</exception>
    public void CheckWeights(TwoTowerModel model, int epoch)
    {
        foreach (var tensor in model.Tensors)
        {
            var broken = tensor.Values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
            if (broken >= 0)
            {
                throw Diverged(
                    $"tensor {tensor.Name}, value {broken}: {tensor.Values[broken]} after the update, expected finite weights",
                    epoch, source.StepsPerEpoch - 1);
            }
        }

        if (Norm(model) is var norm && norm > options.ExplodingNorm * _startNorm)
        {
            throw Diverged(
                $"weights of norm {norm:G4}, more than {options.ExplodingNorm:G4} times the {_startNorm:G4} that training started from",
                epoch, source.StepsPerEpoch - 1);
        }
    }

    private static double Norm(TwoTowerModel model) =>
        Math.Sqrt(model.Tensors.Sum(tensor => Math.Pow(TensorPrimitives.Norm<float>(tensor.Values), 2)));

    private TrainingDivergedException Diverged(string what, int epoch, int step)
    {
        var batch = source.Describe(epoch, step);
        var where = $"epoch {epoch + 1}, step {step + 1} of {source.StepsPerEpoch}{(batch.Length > 0 ? $", batch of {batch}" : "")}";
        return new($"{where}: {what}", epoch + 1, step + 1);
    }
}
