using TwoTower.Model;
using TwoTower.Training;

namespace Benchmarks;

/// <summary>Examples of a large service, made up as they are asked for: users and items of a topic share tags, likes are within the topic.</summary>
internal sealed class LargeData : IExampleSource
{
    private const int Tags = 5000;
    private const int Topics = 200;
    private readonly int _users;
    private readonly int _batchUsers;
    private readonly float[] _probability;

    public LargeData(int users, int items, int batchUsers)
    {
        (_users, _batchUsers) = (users, batchUsers);
        Items = new SparseRows(Tags + items);
        var random = new Random(1);
        for (var i = 0; i < items; i++)
        {
            int[] tags = [.. Enumerable.Range(0, 12).Select(_ => Tag(i % Topics, random)).Distinct(), Tags + i];
            Items.Add(tags, [.. tags.Select(_ => 0.3f)]);
        }

        _probability = [.. Enumerable.Repeat(1f / items, items)];
    }

    public SparseRows Items { get; }

    /// <summary>A bag of tags and a bag of liked items.</summary>
    public int UserColumns => Tags + Items.Rows;

    public int StepsPerEpoch => _users / _batchUsers;

    public ReadOnlySpan<float> TargetProbability => _probability;

    public void Fill(int epoch, int step, TrainingBatch batch)
    {
        var columns = new HashSet<int>();
        for (var k = 0; k < _batchUsers; k++)
        {
            var user = (int)((((long)step * _batchUsers) + k) * 7919 % _users);
            var (random, topic) = (new Random(user), user % Topics);
            columns.Clear();
            for (var tag = 0; tag < 60; tag++)
                columns.Add(Tag(topic, random));
            for (var like = 0; like < 30; like++)
                columns.Add(Tags + Item(topic, random));
            int[] row = [.. columns];
            batch.Users.Add(row, [.. row.Select(_ => 0.1f)]);
            for (var target = 0; target < 4; target++)
            {
                batch.UserRow.Add(k);
                batch.Item.Add(Item(topic, random));
                batch.Weight.Add(1);
            }
        }
    }

    private int Item(int topic, Random random) => topic + (Topics * random.Next(Items.Rows / Topics));

    private static int Tag(int topic, Random random) => random.Next(3) == 0 ? random.Next(Tags) : ((topic * 25) + random.Next(60)) % Tags;
}
