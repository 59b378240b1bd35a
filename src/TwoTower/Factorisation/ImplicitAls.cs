using System.Numerics.Tensors;
using TwoTower.Model;

namespace TwoTower.Factorisation;

/// <summary>
/// Alternating least squares on implicit feedback, sweep by sweep; each row takes a few steps of conjugate gradients from where it was. A
/// sweep costs pairs × dim + rows × dim². The result does not depend on the number of threads, nor on being continued in another process.
/// An exception out of a sweep, a cancellation too, leaves factors that are of no use.
/// </summary>
/// <remarks>
/// Hu, Koren, Volinsky: Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008, with the regularisation of Rendle et al.:
/// Revisiting the Performance of iALS on Item Recommendation Benchmarks, RecSys 2022, and the solver of Takács, Pilászy, Tikk: Applications
/// of the Conjugate Gradient Method for Implicit Feedback Collaborative Filtering, RecSys 2011. Minimised is, over all pairs of a user u
/// and an item v that has likes, Σ α (u·v)² + Σ |w| (u·v − t)² + λ Σ n |row|², the second sum over the pairs with a weight w (t is 1 where
/// w is above 0, else 0), n being the weights of a row's pairs, seen or not, added up.
/// </remarks>
public sealed class ImplicitAls
{
    private const int GramBlock = 4096;
    private const double InitialDeviation = 0.1;
    private readonly ImplicitAlsOptions _options;
    private readonly int _dim;
    private readonly int _threads;
    private readonly Preferences _users;
    private readonly Preferences _items;
    private readonly int _liked;
    private readonly int _active;

    /// <param name="preferences">Per user the items that they like, and those that they do not.</param>
    /// <param name="items">Items in the catalogue.</param>
    public ImplicitAls(ImplicitAlsOptions options, Preferences preferences, int items)
    {
        (_options, _dim) = (options, options.Dim);
        _threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        (_users, _items) = (preferences, preferences.Transpose(items));
        (_liked, _active) = (Occupied(_items), Occupied(_users));
        Factors = new(new float[checked(preferences.Users * _dim)], Initial(items), _dim);
    }

    /// <summary>Factors after the sweeps so far.</summary>
    public Factors Factors { get; private set; }

    public int SweepsDone { get; private set; }

    public bool HasSweepsLeft => SweepsDone < _options.Sweeps;

    /// <summary>Goes on from what another object of the same options and preferences had come to.</summary>
    /// <exception cref="ArgumentException">The factors are of another shape.</exception>
    public void Continue(Factors factors, int sweepsDone)
    {
        if (factors.Dim != _dim || factors.Users.Length != Factors.Users.Length || factors.Items.Length != Factors.Items.Length)
        {
            throw new ArgumentException(
                $"factors of {factors.Users.Length} and {factors.Items.Length} values, "
                + $"expected {Factors.Users.Length} and {Factors.Items.Length}");
        }

        (Factors, SweepsDone) = (factors, sweepsDone);
    }

    /// <summary>Solves both sides once.</summary>
    /// <param name="cancellationToken">Checked between rows.</param>
    public void Sweep(CancellationToken cancellationToken)
    {
        Solve(_users, Factors.Items, _liked, Factors.Users, cancellationToken);
        Solve(_items, Factors.Users, _active, Factors.Items, cancellationToken);
        SweepsDone++;
    }

    /// <summary>Solves the users once more, so that they fit the items' last factors.</summary>
    /// <inheritdoc cref="Sweep"/>
    public Factors Finish(CancellationToken cancellationToken)
    {
        Solve(_users, Factors.Items, _liked, Factors.Users, cancellationToken);
        return Factors;
    }

    /// <summary>Rows with likes: those without do not take part.</summary>
    private static int Occupied(Preferences rows) => Enumerable.Range(0, rows.Users).Count(rows.HasLikes);

    private float[] Initial(int items)
    {
        var factors = new float[checked(items * _dim)];
        var key = CounterRandom.Key(_options.Seed, 0x414C, 0);
        foreach (var item in Enumerable.Range(0, items).Where(_items.HasLikes))
        {
            for (var d = 0; d < _dim; d++)
                factors[(item * _dim) + d] = (float)(CounterRandom.Normal(key, (uint)((item * _dim) + d)) * InitialDeviation / Math.Sqrt(_dim));
        }

        return factors;
    }

    /// <summary>Improves all rows of one side while the other is held fixed.</summary>
    private void Solve(Preferences rows, float[] fixedSide, int fixedRows, float[] solved, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken };
        var gram = Gram(fixedSide, parallel);
        Parallel.For(
            0, rows.Users, parallel,
            () => new RowSolver(_dim),
            (row, _, solver) =>
            {
                var ridge = _options.Regularisation * (rows.TotalWeight(row) + (_options.UnobservedWeight * fixedRows));
                solver.Improve(gram, (float)ridge, fixedSide, rows.Items(row), rows.Weights(row), solved.AsSpan(row * _dim, _dim));
                return solver;
            },
            static _ => { });
    }

    /// <summary>α Σ v vᵀ: row-major [dim, dim]; summed by blocks in a fixed order.</summary>
    private float[] Gram(float[] side, ParallelOptions parallel)
    {
        var rows = side.Length / _dim;
        var blocks = new float[(rows + GramBlock - 1) / GramBlock][];
        Parallel.For(0, blocks.Length, parallel, block =>
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

        return [.. total.Select(value => (float)(value * _options.UnobservedWeight))];
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
