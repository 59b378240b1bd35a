using TwoTower.Factorisation;
using TwoTower.Model;

namespace TwoTower.Tests.Factorisation;

public sealed class RidgeProjectionTests
{
    [Fact]
    public void Fit_OneColumn_MatchesTheClosedForm()
    {
        // x = 0, 1, 2 and y = 1, 2, 6: centred x = −1, 0, 1 and y = −2, −1, 3; w = 5 / (2 + λ) = 2 for λ = 0.5; b = 3 − 1·2 = 1
        var (weights, intercept) = Fit([[0], [1], [2]], [true], [1, 2, 6], penalty: 0.5);
        Assert.Equal(2, weights[0], 5);
        Assert.Equal(1, intercept[0], 5);
    }

    [Fact]
    public void Fit_RandomProblem_SolvesTheNormalEquations()
    {
        var random = new Random(9);
        const int Rows = 40, Columns = 6, Dim = 3;
        float[][] x = [.. Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, Columns).Select(_ => random.Next(3) == 0 ? (float)random.NextDouble() : 0).ToArray())];
        float[] y = [.. Enumerable.Range(0, Rows * Dim).Select(_ => (float)random.NextDouble())];
        var (weights, intercept) = Fit(x, [.. Enumerable.Repeat(true, Columns)], y, penalty: 0.3, Dim);

        // gradient: Xᵀ(XW + b − Y) + λW = 0 and the residuals sum to 0
        for (var d = 0; d < Dim; d++)
        {
            var residuals = Enumerable.Range(0, Rows).Select(r => Enumerable.Range(0, Columns).Sum(c => (double)x[r][c] * weights[(c * Dim) + d]) + intercept[d] - y[(r * Dim) + d]).ToArray();
            Assert.Equal(0, residuals.Sum(), 3);
            for (var c = 0; c < Columns; c++)
                Assert.Equal(0, Enumerable.Range(0, Rows).Sum(r => x[r][c] * residuals[r]) + (0.3 * weights[(c * Dim) + d]), 3);
        }
    }

    [Fact]
    public void Fit_UnusedColumn_StaysZero()
    {
        var (weights, _) = Fit([[0, 5], [1, 1], [2, 3]], [true, false], [1, 2, 6], penalty: 0.5);
        Assert.Equal(2, weights[0], 5);
        Assert.Equal(0, weights[1]);
    }

    [Fact]
    public void Fit_OneAndManyThreads_GiveTheSameBits()
    {
        var (rows, targets) = Dense(rows: 50, columns: 12);
        var weights = new List<float[]>();
        foreach (var threads in (int[])[1, 4])
        {
            weights.Add(new float[12]);
            new RidgeProjection { Penalty = 1e-3, Threads = threads }
                .Fit(rows, [.. Enumerable.Repeat(true, 12)], targets, 1, weights[^1], new float[1], CancellationToken.None);
        }

        Assert.Equal(weights[0], weights[1]);
    }

    [Fact]
    public void Fit_Cancelled_DoesNoFurtherIteration()
    {
        var (rows, targets) = Dense(rows: 50, columns: 12);
        using var stop = new CancellationTokenSource();
        List<int> done = [];
        var projection = new RidgeProjection
        {
            Penalty = 1e-3,
            Iterated = iteration =>
            {
                done.Add(iteration);
                if (iteration == 3)
                    stop.Cancel();
            },
        };

        Assert.ThrowsAny<OperationCanceledException>(
            () => projection.Fit(rows, [.. Enumerable.Repeat(true, 12)], targets, 1, new float[12], new float[1], stop.Token));
        Assert.Equal([1, 2, 3], done);
    }

    private static (SparseRows Rows, float[] Targets) Dense(int rows, int columns)
    {
        var random = new Random(9);
        var dense = new SparseRows(columns);
        for (var row = 0; row < rows; row++)
            dense.Add([.. Enumerable.Range(0, columns)], [.. Enumerable.Range(0, columns).Select(_ => (float)random.NextDouble())]);
        return (dense, [.. Enumerable.Range(0, rows).Select(_ => (float)random.NextDouble())]);
    }

    private static (float[] Weights, float[] Intercept) Fit(float[][] x, bool[] used, float[] y, double penalty, int dim = 1)
    {
        var rows = new SparseRows(x[0].Length);
        foreach (var row in x)
        {
            int[] columns = [.. Enumerable.Range(0, row.Length).Where(c => row[c] != 0)];
            rows.Add(columns, [.. columns.Select(c => row[c])]);
        }

        var (weights, intercept) = (new float[x[0].Length * dim], new float[dim]);
        new RidgeProjection { Penalty = penalty }.Fit(rows, used, y, dim, weights, intercept, CancellationToken.None);
        return (weights, intercept);
    }
}
