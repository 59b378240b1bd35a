using TwoTower.Model;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

/// <summary>Users and items in clusters: a user likes the items of their own cluster. One numeric column, then one column for each item.</summary>
internal sealed class FakeExamples : IExampleSource
{
    private readonly float[] _probability;

    public FakeExamples(int users = 120, int items = 60, int clusters = 6, int batchUsers = 40, int targetsPerUser = 2)
    {
        (Users, Clusters, BatchUsers, TargetsPerUser) = (users, clusters, batchUsers, targetsPerUser);
        Items = new SparseRows(1 + items + clusters);
        for (var i = 0; i < items; i++)
            Items.Add([0, 1 + i, 1 + items + (i % clusters)], [0.1f * (i % 3), 1, 1]);
        _probability = [.. Enumerable.Repeat(1f / items, items)];
    }

    public int Users { get; }

    public int Clusters { get; }

    public int BatchUsers { get; }

    public int TargetsPerUser { get; }

    public SparseRows Items { get; }

    public int UserColumns => 1 + Items.Rows;

    public int StepsPerEpoch => Users / BatchUsers;

    public ReadOnlySpan<float> TargetProbability => _probability;

    /// <summary>Features of a user: a few liked items other than the targets.</summary>
    public void AddUser(int user, int salt, SparseRows rows)
    {
        var (cluster, perCluster) = (user % Clusters, Items.Rows / Clusters);
        var columns = new List<int> { 0 };
        for (var k = 0; k < 3; k++)
            columns.Add(1 + cluster + (Clusters * ((user + salt + (k * 3)) % perCluster)));
        var distinct = columns.Distinct().ToArray();
        rows.Add(distinct, [.. distinct.Select(c => c == 0 ? 0.01f * user : 0.6f)]);
    }

    public int Parts => 3;

    public void Fill(int epoch, int step, TrainingBatch batch)
    {
        batch.Clear();
        for (var part = 0; part < Parts; part++)
            Append(epoch, step, part, batch);
    }

    public void Append(int epoch, int step, int part, TrainingBatch batch)
    {
        var (perCluster, random) = (Items.Rows / Clusters, new Random((epoch * 1000) + (step * Parts) + part));
        for (var u = BatchUsers * part / Parts; u < BatchUsers * (part + 1) / Parts; u++)
        {
            var user = ((step * BatchUsers) + u) % Users;
            AddUser(user, epoch, batch.Users);
            for (var t = 0; t < TargetsPerUser; t++)
            {
                batch.UserRow.Add(batch.Users.Rows - 1);
                batch.Item.Add((user % Clusters) + (Clusters * random.Next(perCluster)));
                batch.Weight.Add(t == 0 ? 1 : 0.5f);
            }

            for (var k = 0; k < 4; k++)
                batch.KnownItems.Add((user % Clusters) + (Clusters * k));
            batch.KnownOffsets.Add(batch.KnownItems.Count);
            batch.DislikedItems.Add(((user + 1) % Clusters) + Clusters);
            batch.DislikedOffsets.Add(batch.DislikedItems.Count);
        }
    }

    public string Describe(int epoch, int step) => $"{BatchUsers} users from row {step * BatchUsers}";

    public TwoTowerModel Model(int hidden, bool skip, int dim = 8, int seed = 3) => TwoTowerModel.Create(
        new() { UserInputDim = UserColumns, ItemInputDim = Items.Columns, HiddenDim = hidden, EmbeddingDim = dim, LinearSkip = skip }, seed, new() { Hidden = 0.3, Skip = 0.3 });

    /// <summary>Share of the ten best items that are of the user's cluster.</summary>
    public double Precision(TwoTowerModel model)
    {
        var rows = new SparseRows(UserColumns);
        for (var user = 0; user < Users; user++)
            AddUser(user, 7, rows);
        var (users, items) = (model.User.Embed(rows, 0, CancellationToken.None), model.Item.Embed(Items, 0, CancellationToken.None));
        var (dim, hits) = (model.Shape.EmbeddingDim, 0);
        for (var user = 0; user < Users; user++)
        {
            var best = Enumerable.Range(0, Items.Rows).OrderByDescending(item => Score(users, items, user, item, dim)).Take(10);
            hits += best.Count(item => item % Clusters == user % Clusters);
        }

        return hits / (10.0 * Users);
    }

    private static float Score(float[] users, float[] items, int user, int item, int dim) =>
        System.Numerics.Tensors.TensorPrimitives.Dot<float>(users.AsSpan(user * dim, dim), items.AsSpan(item * dim, dim));
}
