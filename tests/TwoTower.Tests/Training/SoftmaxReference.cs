using TwoTower.Training;

namespace TwoTower.Tests.Training;

/// <summary>The plain twin of the softmax over the whole catalogue: double loops over targets and items.</summary>
internal static class SoftmaxReference
{
    /// <param name="batch">Targets, weights and known items.</param>
    /// <param name="users">Row-major [user rows, dim].</param>
    /// <param name="items">Row-major [catalogue, dim].</param>
    /// <param name="dim">Embedding width.</param>
    /// <param name="temperature">Divides every logit.</param>
    public static (double Loss, double[] Users, double[] Items) Compute(
        TrainingBatch batch, float[] users, float[] items, int dim, double temperature)
    {
        var (loss, userGradient, itemGradient) = (0.0, new double[users.Length], new double[items.Length]);
        var (catalogue, weights) = (items.Length / dim, batch.Weight.Sum(weight => (double)weight));
        for (var target = 0; target < batch.Targets; target++)
        {
            var (user, positive, weight) = (batch.UserRow[target], batch.Item[target], batch.Weight[target] / weights);
            var left = Enumerable.Range(0, batch.Targets).Where(t => batch.UserRow[t] == user).Select(t => batch.Item[t]).ToHashSet();
            left.UnionWith(batch.KnownItems[batch.KnownOffsets[user]..batch.KnownOffsets[user + 1]]);
            left.Remove(positive);
            var logits = new double[catalogue];
            for (var item = 0; item < catalogue; item++)
                logits[item] = left.Contains(item) ? double.NegativeInfinity : Dot(users, user, items, item, dim) / temperature;
            var most = logits.Max();
            var total = logits.Sum(logit => Math.Exp(logit - most));
            loss += weight * (Math.Log(total) + most - logits[positive]);
            for (var item = 0; item < catalogue; item++)
            {
                var slope = weight * ((Math.Exp(logits[item] - most) / total) - (item == positive ? 1 : 0)) / temperature;
                for (var d = 0; d < dim; d++)
                {
                    userGradient[(user * dim) + d] += slope * items[(item * dim) + d];
                    itemGradient[(item * dim) + d] += slope * users[(user * dim) + d];
                }
            }
        }

        return (loss, userGradient, itemGradient);
    }

    private static double Dot(float[] users, int user, float[] items, int item, int dim)
    {
        var sum = 0.0;
        for (var d = 0; d < dim; d++)
            sum += (double)users[(user * dim) + d] * items[(item * dim) + d];
        return sum;
    }
}
