using TwoTower.Model;
using TwoTower.Training;

namespace Benchmarks;

/// <summary>Multiplications and additions of training steps, forward and backward, without Adam, exponentials and normalising.</summary>
/// <remarks>
/// Nominal: every positive has its own user row and its own item row, as the peer computes it. Executed: rows that come twice in a step are
/// computed once.
/// </remarks>
internal sealed class StepFlop(ModelShape shape, SparseRows items, TrainerOptions options)
{
    private readonly double _itemValues = (double)items.NonZeros / items.Rows;
    private int _steps;

    public double Nominal { get; private set; }

    public double Executed { get; private set; }

    /// <summary>FLOP of a step in the mean.</summary>
    public (double Nominal, double Executed) PerStep => (Nominal / _steps, Executed / _steps);

    public void Count(TrainingBatch batch, int candidates)
    {
        _steps++;
        var values = 0L;
        foreach (var row in batch.UserRow)
            values += batch.Users.RowIndices(row).Length;
        var (targets, pairs) = (batch.Targets, options.Loss == TrainingLoss.BinaryCrossEntropy ? options.Negatives + 1 : 1);
        Nominal += Towers(values, targets, targets * pairs) + Loss(targets, pairs > 1 ? pairs : targets);
        Executed += Towers(batch.Users.NonZeros, batch.Users.Rows, candidates);
        Executed += pairs > 1 ? Loss(targets, pairs) : Loss(batch.Users.Rows, candidates);
    }

    private double Towers(double userValues, double userRows, double itemRows)
    {
        var first = 4.0 * shape.HiddenDim * (userValues + (itemRows * _itemValues)); // forward and the weights' gradient
        var second = 6.0 * shape.HiddenDim * shape.EmbeddingDim * (userRows + itemRows); // and the units' gradient
        return first + second;
    }

    /// <summary>The logits and both gradients.</summary>
    private double Loss(double rows, double columns) => 6.0 * rows * columns * shape.EmbeddingDim;
}
