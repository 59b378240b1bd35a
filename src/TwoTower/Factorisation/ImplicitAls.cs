using System.Numerics.Tensors;
using TwoTower.Evaluation;
using TwoTower.Model;

namespace TwoTower.Factorisation;

/// <summary>
/// Alternating least squares on implicit feedback; each row takes a few steps of conjugate gradients from where it was. A sweep costs
/// likes × dim + rows × dim². The result does not depend on the number of threads.
/// </summary>
/// <remarks>
/// Hu, Koren, Volinsky: Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008, with the regularisation of Rendle et al.:
/// Revisiting the Performance of iALS on Item Recommendation Benchmarks, RecSys 2022, and the solver of Takács, Pilászy, Tikk: Applications
/// of the Conjugate Gradient Method for Implicit Feedback Collaborative Filtering, RecSys 2011.
/// </remarks>
public sealed class ImplicitAls(ImplicitAlsOptions options)
{
    private const int GramBlock = 4096;
    private const double InitialDeviation = 0.1;
    private readonly int _dim = options.Dim;
    private readonly int _threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;

    /// <param name="positives">Per user the items that they like.</param>
    /// <param name="items">Items in the catalogue.</param>
    /// <param name="progress">Receives the share done, in (0, 1], after each sweep.</param>
    /// <param name="cancellationToken">Checked between rows.</param>
    public Factors Fit(ItemSets positives, int items, Action<double>? progress, CancellationToken cancellationToken)
    {
        var likers = positives.Transpose(items);
        var users = new float[checked(positives.Users * _dim)];
        var factors = Initial(items, likers);
        var (liked, active) = (Occupied(likers), Occupied(positives));
        for (var sweep = 0; sweep < options.Sweeps; sweep++)
        {
            Solve(positives, factors, liked, users, cancellationToken);
            Solve(likers, users, active, factors, cancellationToken);
            progress?.Invoke((sweep + 1.0) / options.Sweeps);
        }

        Solve(positives, factors, liked, users, cancellationToken);
        return new(users, factors, _dim);
    }

    /// <summary>Rows with entries: those without do not take part.</summary>
    private static int Occupied(ItemSets rows) => Enumerable.Range(0, rows.Users).Count(row => !rows[row].IsEmpty);

    private float[] Initial(int items, ItemSets likers)
    {
        var factors = new float[checked(items * _dim)];
        var key = CounterRandom.Key(options.Seed, 0x414C, 0);
        for (var item = 0; item < items; item++)
        {
            for (var d = 0; d < _dim && likers[item].Length > 0; d++)
                factors[(item * _dim) + d] = (float)(CounterRandom.Normal(key, (uint)((item * _dim) + d)) * InitialDeviation / Math.Sqrt(_dim));
        }

        return factors;
    }

    /// <summary>Improves all rows of one side while the other is held fixed.</summary>
    private void Solve(ItemSets rows, float[] fixedSide, int fixedRows, float[] solved, CancellationToken cancellationToken)
    {
        var gram = Gram(fixedSide);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken };
        Parallel.For(
            0, rows.Users, parallel,
            () => new RowSolver(_dim),
            (row, _, solver) =>
            {
                var entries = rows[row];
                var ridge = options.Regularisation * (entries.Length + (options.UnobservedWeight * fixedRows));
                solver.Improve(gram, (float)ridge, fixedSide, entries, solved.AsSpan(row * _dim, _dim));
                return solver;
            },
            static _ => { });
    }

    /// <summary>α Σ v vᵀ: row-major [dim, dim]; summed by blocks in a fixed order.</summary>
    private float[] Gram(float[] side)
    {
        var rows = side.Length / _dim;
        var blocks = new float[(rows + GramBlock - 1) / GramBlock][];
        Parallel.For(0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads }, block =>
        {
            var sum = new float[_dim * _dim];
            for (var row = block * GramBlock; row < Math.Min(rows, (block + 1) * GramBlock); row++)
                AddOuter(side.AsSpan(row * _dim, _dim), sum);
            blocks[block] = sum;
        });

        var total = new double[_dim * _dim];
        foreach (var block in blocks)
        {
            for (var k = 0; k < total.Length; k++)
                total[k] += block[k];
        }

        return [.. total.Select(value => (float)(value * options.UnobservedWeight))];
    }

    private static void AddOuter(ReadOnlySpan<float> vector, float[] matrix)
    {
        for (var r = 0; r < vector.Length; r++)
        {
            var row = matrix.AsSpan(r * vector.Length, vector.Length);
            TensorPrimitives.MultiplyAdd(vector, vector[r], row, row);
        }
    }
}
