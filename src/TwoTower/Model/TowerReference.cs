namespace TwoTower.Model;

/// <summary>The forward pass as plain loops: what the fast one is tested against.</summary>
internal static class TowerReference
{
    /// <summary>Embeds one row.</summary>
    /// <param name="tower">Weights.</param>
    /// <param name="columns">Columns of the row's values.</param>
    /// <param name="values">As many as <paramref name="columns"/>.</param>
    /// <param name="embedding">[embedding_dim], overwritten with a unit vector.</param>
    public static void Embed(Tower tower, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, Span<float> embedding)
    {
        var (hidden, dim) = (tower.Shape.HiddenDim, tower.Shape.EmbeddingDim);
        var output = new double[dim];
        for (var d = 0; d < dim; d++)
            output[d] = tower.B2[d];

        for (var h = 0; h < hidden; h++)
        {
            var unit = (double)tower.B1[h];
            for (var k = 0; k < columns.Length; k++)
                unit += (double)values[k] * tower.W1[(columns[k] * hidden) + h];
            for (var d = 0; d < dim && unit > 0; d++)
                output[d] += unit * tower.W2[(h * dim) + d];
        }

        for (var k = 0; k < columns.Length && tower.Shape.LinearSkip; k++)
        {
            for (var d = 0; d < dim; d++)
                output[d] += (double)values[k] * tower.Skip[(columns[k] * dim) + d];
        }

        var length = Math.Max(Math.Sqrt(output.Sum(x => x * x)), Tower.NormEpsilon);
        for (var d = 0; d < dim; d++)
            embedding[d] = (float)(output[d] / length);
    }
}
