using System.Numerics.Tensors;
using TwoTower.Model;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>Finds the temperature under which a model explains training targets best: the softmax over the whole catalogue, known items left out.</summary>
internal static class TemperatureFit
{
    private const double Lowest = 0.005;
    private const double Highest = 1;
    private const int Values = 28;
    private const int Steps = 4;

    /// <summary>A value of a geometric grid from 0.005 to 1.</summary>
    /// <param name="epoch">Of the examples that are drawn; an epoch that training does not see.</param>
    public static double Find(TwoTowerModel model, SparseRows items, IExampleSource examples, int epoch, int threads, CancellationToken cancellationToken)
    {
        var embeddings = model.Item.Embed(items, threads, cancellationToken);
        var losses = new double[Values];
        var batch = new TrainingBatch(examples.UserColumns);
        for (var step = 0; step < Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            examples.Fill(epoch, step, batch);
            var users = model.User.Embed(batch.Users, threads, cancellationToken);
            Add(batch, users, embeddings, model.Shape.EmbeddingDim, losses, cancellationToken);
        }

        return At(Array.IndexOf(losses, losses.Min()));
    }

    private static double At(int index) => Lowest * Math.Pow(Highest / Lowest, index / (Values - 1.0));

    /// <summary>Adds the batch's loss under every temperature.</summary>
    private static void Add(
        TrainingBatch batch, float[] users, float[] items, int dim, double[] losses, CancellationToken cancellationToken)
    {
        var count = items.Length / dim;
        var perUser = Enumerable.Range(0, batch.Targets).ToLookup(target => batch.UserRow[target]);
        var rowLosses = new double[batch.Users.Rows][];
        Parallel.For(0, batch.Users.Rows, new ParallelOptions { CancellationToken = cancellationToken }, row =>
        {
            var cosines = new float[count];
            for (var item = 0; item < count; item++)
                cosines[item] = TensorPrimitives.Dot(users.AsSpan(row * dim, dim), items.AsSpan(item * dim, dim));
            float[] positives = [.. perUser[row].Select(target => cosines[batch.Item[target]])];
            for (var k = batch.KnownOffsets[row]; k < batch.KnownOffsets[row + 1]; k++)
                cosines[batch.KnownItems[k]] = float.NegativeInfinity;
            rowLosses[row] = [.. Enumerable.Range(0, Values).Select(index => Loss(cosines, positives, At(index)))];
        });
        foreach (var row in rowLosses)
        {
            for (var index = 0; index < Values; index++)
                losses[index] += row[index];
        }
    }

    private static double Loss(float[] cosines, float[] positives, double temperature)
    {
        var sum = 0.0;
        foreach (var cosine in cosines)
            sum += Math.Exp((cosine - 1) / temperature);

        var loss = 0.0;
        foreach (var positive in positives)
        {
            var own = Math.Exp((positive - 1) / temperature);
            loss += Math.Log(sum + own) - ((positive - 1) / temperature);
        }

        return loss;
    }
}
