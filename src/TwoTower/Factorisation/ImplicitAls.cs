using System.Numerics.Tensors;
using TwoTower.Evaluation;
using TwoTower.Model;

namespace TwoTower.Factorisation;

/// <summary>Alternating least squares on implicit feedback, every row solved exactly. The result does not depend on the number of threads.</summary>
/// <remarks>
/// Hu, Koren, Volinsky: Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008, with the regularisation of Rendle et al.:
/// Revisiting the Performance of iALS on Item Recommendation Benchmarks, RecSys 2022.
/// </remarks>
public sealed class ImplicitAls(ImplicitAlsOptions options)
{
    private const int GramBlock = 1024;
    private const double InitialDeviation = 0.1;
    private readonly int _dim = options.Dim;
    private readonly int _threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;

    /// <param name="positives">Per user the items that they like.</param>
    /// <param name="items">Items in the catalogue.</param>
    /// <param name="progress">Receives the share done, in (0, 1], after each sweep.</param>
    /// <param name="cancellationToken">Checked between rows.</param>
    public Factors Fit(ItemSets positives, int items, Action<double>? progress, CancellationToken cancellationToken)
    {
        var likers = Transpose(positives, items);
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

    /// <summary>For each item its users.</summary>
    private static ItemSets Transpose(ItemSets positives, int items)
    {
        var users = new List<int>[items];
        for (var user = 0; user < positives.Users; user++)
        {
            foreach (var item in positives[user])
                (users[item] ??= []).Add(user);
        }

        return ItemSets.From(users.Select(list => (IEnumerable<int>?)list ?? []));
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

    /// <summary>Solves all rows of one side while the other is held fixed.</summary>
    private void Solve(ItemSets rows, float[] fixedSide, int fixedRows, float[] solved, CancellationToken cancellationToken)
    {
        var gram = Gram(fixedSide);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken };
        Parallel.For(
            0, rows.Users, parallel,
            () => new Normal(_dim),
            (row, _, normal) =>
            {
                var entries = rows[row];
                var target = solved.AsSpan(row * _dim, _dim);
                if (entries.IsEmpty)
                {
                    target.Clear();
                    return normal;
                }

                normal.Reset(gram, options.Regularisation * (entries.Length + (options.UnobservedWeight * fixedRows)));
                foreach (var entry in entries)
                    normal.Add(fixedSide.AsSpan(entry * _dim, _dim));
                normal.Solve(target);
                return normal;
            },
            static _ => { });
    }

    /// <summary>α Σ v vᵀ, lower triangle; summed by blocks in a fixed order.</summary>
    private float[] Gram(float[] side)
    {
        var rows = side.Length / _dim;
        var blocks = new float[(rows + GramBlock - 1) / GramBlock][];
        Parallel.For(0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads }, block =>
        {
            var sum = new float[_dim * _dim];
            for (var row = block * GramBlock; row < Math.Min(rows, (block + 1) * GramBlock); row++)
                Normal.AddOuter(side.AsSpan(row * _dim, _dim), sum);
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

    /// <summary>The normal equations of one row.</summary>
    private sealed class Normal(int dim)
    {
        private readonly float[] _matrix = new float[dim * dim];
        private readonly float[] _right = new float[dim];

        public void Reset(float[] gram, double ridge)
        {
            gram.CopyTo(_matrix, 0);
            for (var d = 0; d < dim; d++)
                _matrix[(d * dim) + d] += (float)ridge;
            Array.Clear(_right);
        }

        public void Add(ReadOnlySpan<float> vector)
        {
            AddOuter(vector, _matrix);
            TensorPrimitives.Add(_right, vector, _right);
        }

        public void Solve(Span<float> solution) => Cholesky.Solve(_matrix, _right, solution);

        public static void AddOuter(ReadOnlySpan<float> vector, float[] matrix)
        {
            for (var r = 0; r < vector.Length; r++)
            {
                var row = matrix.AsSpan(r * vector.Length, r + 1);
                TensorPrimitives.MultiplyAdd(vector[..(r + 1)], vector[r], row, row);
            }
        }
    }
}
