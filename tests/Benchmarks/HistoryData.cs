using Retraining.Dataset;
using Retraining.Source;

namespace Benchmarks;

/// <summary>The interactions that peer/history.py made up, with the catalogue of the speed data.</summary>
internal sealed record HistoryData(Catalogue Catalogue, InteractionLog Log)
{
    /// <summary>Tokens below are tags.</summary>
    public const int Tags = 2000;

    /// <summary>Tokens below, and not tags, are performers.</summary>
    public const int Tokens = 7000;

    /// <param name="folder">Holds the .npy files.</param>
    public static HistoryData Read(string folder)
    {
        int[] Column(string name) => NpyFile<int>.ReadAll(Path.Combine(folder, name + ".npy"));
        return new(
            ReadCatalogue(Column("h_price"), Column("i_off"), Column("i_idx")),
            ReadLog(Column("h_user"), Column("h_item"), Column("h_time"), Column("h_like")));
    }

    private static Catalogue ReadCatalogue(int[] prices, int[] offsets, int[] tokens)
    {
        IReadOnlyList<string> Names(int item, int from, int to) =>
            [.. tokens[offsets[item]..offsets[item + 1]].Where(token => token >= from && token < to).Select(token => $"t{token:D5}")];
        string[] ids = [.. prices.Select((_, item) => $"v{item:D6}")];
        Video Video(string id, int item) =>
            new() { Id = id, Price = prices[item], Tags = Names(item, 0, Tags), Performers = Names(item, Tags, Tokens) };
        Video[] videos = [.. ids.Select(Video)];
        return new() { VideoIds = ids, Videos = videos };
    }

    private static InteractionLog ReadLog(int[] user, int[] item, int[] seconds, int[] like)
    {
        var users = user[^1] + 1;
        var offsets = new int[users + 1];
        foreach (var one in user)
            offsets[one + 1]++;
        for (var u = 0; u < users; u++)
            offsets[u + 1] += offsets[u];
        float[] weights = [.. item.Select(_ => 1f)];
        return new()
        {
            UserIds = [.. Enumerable.Range(0, users).Select(u => $"u{u:D6}")],
            ProfileCreatedAt = new long?[users],
            Offsets = offsets,
            Item = item,
            Time = [.. seconds.Select(second => second * 1000L)],
            Positive = [.. like.Select(one => one == 1)],
            Weight = weights,
        };
    }
}
