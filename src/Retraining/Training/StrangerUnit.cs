using System.Numerics.Tensors;
using Retraining.Features;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>
/// Sends users without a history to where the mean user is; the linear map alone may send them nowhere, or anywhere. One hidden unit is 1
/// for an empty bag and 0 otherwise: the values of any other bag add up to 1 or more.
/// </summary>
internal static class StrangerUnit
{
    /// <param name="tower">A user tower whose linear part is fitted; its first hidden unit is taken.</param>
    /// <param name="users">Where the users with a history are: row-major [users, embedding_dim].</param>
    public static void Place(TrainingSet set, Tower tower, float[] users)
    {
        var (hidden, dim) = (tower.Shape.HiddenDim, tower.Shape.EmbeddingDim);
        var bags = Bags(set.Spec);
        if (hidden == 0 || !bags.Contains(true))
            return;

        for (var column = 0; column < bags.Length; column++)
            tower.W1[column * hidden] = bags[column] ? -2 : 0;
        tower.B1[0] = 1;

        var output = tower.W2.AsSpan(0, dim);
        output.Clear();
        for (var start = 0; start < users.Length; start += dim)
            TensorPrimitives.Add(output, users.AsSpan(start, dim), output);
        TensorPrimitives.Divide(output, Math.Max(TensorPrimitives.Norm<float>(output), 1e-9f), output);
        TensorPrimitives.Subtract(output, tower.B2, output);
        var stranger = Stranger(set);
        for (var k = 0; k < stranger.NonZeros; k++)
            TensorPrimitives.MultiplyAdd(tower.Skip.AsSpan(stranger.Indices[k] * dim, dim), -stranger.Values[k], output, output);
    }

    /// <summary>The columns that are empty without a history: the bag of liked videos, or what v2 has instead.</summary>
    private static bool[] Bags(FeatureSpec spec)
    {
        var bags = new bool[spec.UserInputDim];
        string[] segments = spec.UserColumns("liked_videos").Equals(0..0) ? ["tag_vector", "actress_vector"] : ["liked_videos"];
        foreach (var columns in segments.Select(spec.UserColumns))
            bags.AsSpan(columns).Fill(true);
        return bags;
    }

    /// <summary>The row of a user who came this moment.</summary>
    private static SparseRows Stranger(TrainingSet set)
    {
        var row = new SparseRows(set.Users.Columns);
        set.Users.Write(0, [], [], set.Log.ProfileCreatedAt[0] ?? 0, row);
        return row;
    }
}
