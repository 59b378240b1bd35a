using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TwoTower.Factorisation;
using TwoTower.Model;

namespace Retraining.Training;

/// <summary>
/// Two towers whose linear parts give the factors of a factorisation. One dimension of the embedding holds what an item's factor lacks to
/// the longest one, so that the cosine of unit vectors ranks as the factors' dot product does.
/// </summary>
/// <param name="iterated">Told what is being fitted and the iterations so far.</param>
/// <remarks>
/// The extra dimension: Bachrach et al., Speeding Up the Xbox Recommender System Using a Euclidean Transformation for Inner-Product Spaces,
/// RecSys 2014.
/// </remarks>
internal sealed class FactorTowers(TrainingSet set, TrainingSettings settings, Action<string, int> iterated)
{
    private const int MostFittedUsers = 200_000; // thinned evenly beyond: the map has far fewer columns, and rows cost memory
    private readonly int _dim = settings.EmbeddingDim;

    /// <param name="factors">Of embedding_dim − 1.</param>
    public TwoTowerModel Fit(ModelShape shape, Factors factors, Preferences preferences, CancellationToken cancellationToken)
    {
        var model = TwoTowerModel.Create(shape, settings.Seed, new ModelInitialisation { Output = 0, Skip = 0 });
        FitItems(model.Item, UnitItems(factors), cancellationToken);
        FitUsers(model.User, factors, preferences, cancellationToken);
        return model;
    }

    /// <summary>Item factors over the longest one, with the rest to length 1 in the last dimension: row-major [items, dim].</summary>
    private float[] UnitItems(Factors factors)
    {
        var (items, width) = (set.Catalogue.Count, factors.Dim);
        var longest = 0f;
        for (var item = 0; item < items; item++)
            longest = Math.Max(longest, Length(factors.Items.AsSpan(item * width, width)));

        var unit = new float[items * _dim];
        for (var item = 0; item < items; item++)
        {
            var target = unit.AsSpan(item * _dim, _dim);
            for (var d = 0; d < width; d++)
                target[d] = factors.Items[(item * width) + d] / longest;
            target[width] = MathF.Sqrt(Math.Max(0, 1 - (Length(target[..width]) * Length(target[..width]))));
        }

        return unit;
    }

    /// <summary>
    /// Content explains what it can; the id carries the rest, so that known items come out exactly and new ones from their content.
    /// </summary>
    private void FitItems(Tower tower, float[] unit, CancellationToken cancellationToken)
    {
        var (rows, targets) = LikedItems(unit);
        Fit("videos", rows, ContentColumns(), targets, settings.ContentPenalty, tower, cancellationToken);

        var ids = set.Spec.ItemColumns("video_id");
        var residual = new float[_dim];
        for (var item = 0; item < set.Catalogue.Count; item++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var own = OwnColumn(set.Items.RowIndices(item), ids);
            if (own < 0)
                continue;
            unit.AsSpan(item * _dim, _dim).CopyTo(residual);
            Subtract(residual, tower, set.Items.RowIndices(item), set.Items.RowValues(item));
            residual.CopyTo(tower.Skip.AsSpan(own * _dim, _dim));
        }
    }

    private (SparseRows Rows, float[] Targets) LikedItems(float[] unit)
    {
        var rows = new SparseRows(set.Items.Columns);
        var targets = new List<float>();
        for (var item = 0; item < set.Catalogue.Count; item++)
        {
            if (set.Popularity[item] == 0)
                continue;
            rows.Add(set.Items.RowIndices(item), set.Items.RowValues(item));
            targets.AddRange(unit.AsSpan(item * _dim, _dim));
        }

        return (rows, [.. targets]);
    }

    /// <summary>Everything but the id and the likes: a new video has neither, and must not be placed by that.</summary>
    private bool[] ContentColumns()
    {
        var used = new bool[set.Items.Columns];
        Array.Fill(used, true);
        foreach (var segment in (string[])["video_id", "positive_count_log1p"])
            used.AsSpan(set.Spec.ItemColumns(segment)).Clear();
        return used;
    }

    private void FitUsers(Tower tower, Factors factors, Preferences preferences, CancellationToken cancellationToken)
    {
        int[] users = [.. Enumerable.Range(0, set.Log.Users).Where(preferences.HasLikes)];
        if (users.Length > MostFittedUsers)
            users = [.. Enumerable.Range(0, MostFittedUsers).Select(k => users[(int)((long)k * users.Length / MostFittedUsers)])];

        var used = HistoryColumns();
        var rows = new SparseRows(set.Users.Columns);
        var targets = new float[users.Length * _dim]; // the last dimension is the items' own
        var whole = new SparseRows(set.Users.Columns);
        for (var k = 0; k < users.Length; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = set.Split.ValidationStart[users[k]];
            whole.Clear();
            set.Users.Write(users[k], end, set.Log.Time[end - 1], whole);
            AddUsed(whole, used, rows);
            factors.Users.AsSpan(users[k] * factors.Dim, factors.Dim).CopyTo(targets.AsSpan(k * _dim));
        }

        Fit("users", rows, used, targets, settings.UserPenalty, tower, cancellationToken);
        Rescale(tower, rows, cancellationToken);
        StrangerUnit.Place(set, tower, targets);
    }

    private void Fit(
        string what, SparseRows rows, bool[] used, float[] targets, double penalty, Tower tower, CancellationToken cancellationToken)
    {
        iterated(what, 0);
        var projection = new RidgeProjection { Penalty = penalty, Threads = settings.Threads, Iterated = k => iterated(what, k) };
        projection.Fit(rows, used, targets, _dim, tower.Skip, tower.B2, cancellationToken);
    }

    private static void AddUsed(SparseRows whole, bool[] used, SparseRows rows)
    {
        List<int> columns = [];
        List<float> values = [];
        for (var k = 0; k < whole.NonZeros; k++)
        {
            if (!used[whole.Indices[k]])
                continue;
            columns.Add(whole.Indices[k]);
            values.Add(whole.Values[k]);
        }

        rows.Add(CollectionsMarshal.AsSpan(columns), CollectionsMarshal.AsSpan(values));
    }

    /// <summary>The bag of liked videos says it all; v2, which has none, takes every column.</summary>
    private bool[] HistoryColumns()
    {
        var used = new bool[set.Users.Columns];
        var history = set.Spec.UserColumns("liked_videos");
        var (start, end) = history.Equals(0..0) ? (0, used.Length) : (history.Start.Value, history.End.Value);
        Array.Fill(used, true, start, end - start);
        return used;
    }

    /// <summary>
    /// Brings the outputs to length 1 on average: the direction stays, and training steps have the size they have elsewhere.
    /// </summary>
    private void Rescale(Tower tower, SparseRows rows, CancellationToken cancellationToken)
    {
        var output = new float[_dim];
        var total = 0.0;
        for (var row = 0; row < rows.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(output);
            Subtract(output, tower, rows.RowIndices(row), rows.RowValues(row));
            total += Length(output);
        }

        var scale = total > 0 ? (float)(rows.Rows / total) : 1;
        foreach (var weights in (float[][])[tower.Skip, tower.B2])
        {
            for (var k = 0; k < weights.Length; k++)
                weights[k] *= scale;
        }
    }

    /// <summary>Takes the linear tower's output from a vector.</summary>
    private void Subtract(float[] target, Tower tower, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        for (var d = 0; d < _dim; d++)
            target[d] -= tower.B2[d];
        for (var k = 0; k < columns.Length; k++)
        {
            for (var d = 0; d < _dim; d++)
                target[d] -= values[k] * tower.Skip[(columns[k] * _dim) + d];
        }
    }

    private static int OwnColumn(ReadOnlySpan<int> columns, Range ids)
    {
        foreach (var column in columns)
        {
            if (column >= ids.Start.Value && column < ids.End.Value)
                return column;
        }

        return -1;
    }

    private static float Length(ReadOnlySpan<float> vector) => TensorPrimitives.Norm(vector);
}
