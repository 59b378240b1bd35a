using System.Numerics.Tensors;
using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Export;
using Retraining.Features;
using Retraining.Training;
using TwoTower.Model;

namespace Retraining.Publish;

/// <summary>
/// What each input segment does to an embedding: over a sample of rows, the mean of 1 - cos between the embedding and the one without the
/// segment. 0 is a segment that changes nothing, 1 one that turns the embedding by a right angle.
/// </summary>
internal sealed class FeatureImportance(IArtifactStore work)
{
    private const int SampleRows = 500;

    /// <returns>By <c>user.</c> or <c>item.</c> and the segment's name.</returns>
    public async Task<IReadOnlyDictionary<string, double>> MeasureAsync(
        TrainingData data, FeatureSpec spec, TrainedModel model, CancellationToken cancellationToken)
    {
        var weights = await TrainedWeights.ReadAsync(work, model.Weights, cancellationToken);
        var importance = new SortedDictionary<string, double>(StringComparer.Ordinal);
        await MeasureAsync("user", data.Users, weights.User, spec.UserSegments, importance, cancellationToken);
        await MeasureAsync("item", data.Items, weights.Item, spec.ItemSegments, importance, cancellationToken);
        return importance;
    }

    private async Task MeasureAsync(
        string side, FeatureTable table, Tower tower, IReadOnlyList<FeatureSegment> segments, SortedDictionary<string, double> importance,
        CancellationToken cancellationToken)
    {
        var rows = await SampleAsync(table, cancellationToken);
        var whole = tower.Embed(rows, threads: 0, cancellationToken);
        var start = 0;
        foreach (var segment in segments)
        {
            var without = tower.Embed(Without(rows, start, start + segment.Size), threads: 0, cancellationToken);
            importance[$"{side}.{segment.Name}"] = MeanTurn(whole, without, tower.Shape.EmbeddingDim);
            start += segment.Size;
        }
    }

    /// <summary>Rows spread evenly over the table.</summary>
    private async Task<SparseRows> SampleAsync(FeatureTable table, CancellationToken cancellationToken)
    {
        var sample = new SparseRows(table.Columns);
        var every = Math.Max(1, table.Rows / SampleRows);
        await foreach (var block in FeatureBlocks.ReadAsync(work, table, Shard.Whole, cancellationToken))
        {
            for (var row = 0; row < block.Rows.Rows; row++)
            {
                if ((block.Start + row) % every == 0)
                    sample.Add(block.Rows.RowIndices(row), block.Rows.RowValues(row));
            }
        }

        return sample;
    }

    private static SparseRows Without(SparseRows rows, int start, int end)
    {
        var left = new SparseRows(rows.Columns);
        var (indices, values) = (new List<int>(), new List<float>());
        for (var row = 0; row < rows.Rows; row++)
        {
            indices.Clear();
            values.Clear();
            for (var i = 0; i < rows.RowIndices(row).Length; i++)
            {
                if (rows.RowIndices(row)[i] is var index && (index < start || index >= end))
                {
                    indices.Add(index);
                    values.Add(rows.RowValues(row)[i]);
                }
            }

            left.Add(indices.ToArray(), values.ToArray());
        }

        return left;
    }

    private static double MeanTurn(float[] left, float[] right, int dim)
    {
        var rows = left.Length / dim;
        var turn = 0.0;
        for (var row = 0; row < rows; row++)
            turn += 1 - TensorPrimitives.Dot(left.AsSpan(row * dim, dim), right.AsSpan(row * dim, dim));
        return rows == 0 ? 0 : Math.Max(0, turn / rows);
    }
}
