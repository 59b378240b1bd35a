using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Features;
using TwoTower.Model;

namespace Retraining.Export;

/// <summary>Proves that an ONNX tower embeds real rows as the trained weights do.</summary>
internal static class OnnxParity
{
    /// <summary>Rows that are compared of a larger table, spread over all of its row groups.</summary>
    private const int MaxRows = 4096;

    /// <returns>Largest absolute difference of any value.</returns>
    /// <exception cref="PermanentStageException">A difference is above <paramref name="tolerance"/>; the message names the row.</exception>
    public static async Task<double> CheckAsync(
        IArtifactStore work, FeatureTable table, Tower tower, OnnxTower onnx, string name, double tolerance, CancellationToken cancellationToken)
    {
        if (table.Columns != onnx.InputDim || tower.Shape.EmbeddingDim != onnx.EmbeddingDim)
        {
            throw new PermanentStageException(
                $"{name}: {onnx.InputDim} inputs and {onnx.EmbeddingDim} outputs, expected {table.Columns} and {tower.Shape.EmbeddingDim}");
        }

        var largest = 0.0;
        await foreach (var block in FeatureBlocks.ReadAsync(work, table, Shard.Whole, cancellationToken))
        {
            var rows = (int)Math.Min(block.Ids.Length, ((long)MaxRows * block.Ids.Length / Math.Max(table.Rows, 1)) + 1);
            largest = Math.Max(largest, Compare(block, rows, tower, onnx, name, tolerance, cancellationToken));
        }

        return largest;
    }

    private static double Compare(
        FeatureBlock block, int rows, Tower tower, OnnxTower onnx, string name, double tolerance, CancellationToken cancellationToken)
    {
        var dim = onnx.EmbeddingDim;
        float[] expected = new float[rows * dim], found = new float[rows * dim];
        tower.Embed(block.Rows, 0, rows, expected, threads: 0, cancellationToken);
        onnx.Embed(block.Rows, 0, rows, found);
        var largest = 0.0;
        for (var i = 0; i < found.Length; i++)
        {
            var difference = Math.Abs((double)found[i] - expected[i]);
            if (!(difference <= tolerance)) // also when it is not a number
            {
                throw new PermanentStageException(
                    $"{name}, row {block.Start + (i / dim)} ({block.Ids[i / dim]}), value {i % dim}: {found[i]:R} in ONNX Runtime and {expected[i]:R} in "
                    + $"the trainer, expected a difference of at most {tolerance:R}");
            }

            largest = Math.Max(largest, difference);
        }

        return largest;
    }
}
