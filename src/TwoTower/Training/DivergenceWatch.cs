namespace TwoTower.Training;

/// <summary>Ends a run that cannot come to anything.</summary>
/// <param name="explodingNorm">A gradient of this many times its running mean is exploding.</param>
internal sealed class DivergenceWatch(double explodingNorm)
{
    private const int WarmUp = 50;
    private const int MostInARow = 20;
    private const double CollapsedAt = 0.9999;
    private double _mean;
    private int _seen;
    private int _inARow;

    /// <exception cref="TrainingDivergedException">Loss or gradient is not finite, or the gradient has exploded for a while.</exception>
    public void Check(StepReport report, int epoch, int step)
    {
        if (!double.IsFinite(report.Loss) || !double.IsFinite(report.GradientNorm))
            throw Diverged($"loss {report.Loss} and gradient norm {report.GradientNorm}, expected finite numbers", epoch, step);

        if (_seen >= WarmUp && report.GradientNorm > explodingNorm * _mean)
        {
            if (++_inARow >= MostInARow)
                throw Diverged(
                    $"gradient norm {report.GradientNorm:G4} for the {_inARow}th step in a row, expected below {explodingNorm * _mean:G4}", epoch, step);
            return;
        }

        (_inARow, _seen) = (0, _seen + 1);
        _mean += (report.GradientNorm - _mean) / Math.Min(_seen, 100);
    }

    /// <exception cref="TrainingDivergedException">All items lie in one point.</exception>
    public static void CheckCollapse(double concentration, int epoch, int step)
    {
        if (!(concentration < CollapsedAt))
            throw Diverged(
                $"the item embeddings' mean has length {concentration:F6}, expected below {CollapsedAt}: they have collapsed to one point", epoch, step);
    }

    private static TrainingDivergedException Diverged(string what, int epoch, int step) => new($"epoch {epoch + 1}, step {step}: {what}", epoch + 1, step);
}
