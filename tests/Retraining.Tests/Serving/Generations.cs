using System.Security.Cryptography;
using System.Text;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Serving;
using Retraining.Source;

namespace Retraining.Tests.Serving;

/// <summary>
/// Versions whose answers are known: video i lies at angle i/40 of a quarter circle, and every user at angle 0, so the nearest are 0, 1, 2 …
/// In a turned version video i lies where video 39 - i was, so the nearest are 39, 38, 37 …
/// </summary>
internal static class Generations
{
    public const int Videos = 40;
    public const string First = "20260601_000000", Second = "20260608_000000", Third = "20260615_000000";

    public static readonly Guid Ann = Id("ann"), Bob = Id("bob");
    public static readonly string[] Users = [Ann.ToString(), Bob.ToString(), "no-uuid"];

    public static Guid Id(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));

    public static string VideoId(int i) => Id($"video {i}").ToString();

    public static EmbeddingLoad Load(EmbeddingKind kind, string version, int dim = 4, bool turned = false, string? hash = null, int? rows = null) => new()
    {
        Kind = kind,
        Version = version,
        Dim = dim,
        Rows = rows ?? (kind == EmbeddingKind.Videos ? Videos : Users.Length),
        ContentHash = hash ?? $"{version} {kind} {dim} {turned}",
        ReadRows = _ => Rows(kind, dim, turned).ToAsyncEnumerable(),
        ReadSnapshot = _ => Task.FromResult(Snapshot()),
        PositiveDecisions = ["like"],
        Progress = new Progress<StageProgress>(),
    };

    public static async Task LoadBothAsync(IVectorIndex index, string version, int dim = 4, bool turned = false)
    {
        await index.LoadAsync(Load(EmbeddingKind.Videos, version, dim, turned), CancellationToken.None);
        await index.LoadAsync(Load(EmbeddingKind.Users, version, dim, turned), CancellationToken.None);
    }

    public static VersionChange Change(string version, string? reason = null) =>
        new() { Version = version, By = "test", Reason = reason, ModelPath = $"two-tower/v3/{version}/" };

    /// <summary>Ann decided on videos 0 and 1, Bob likes 5 twice as often as anything else is liked; video 2 is inactive.</summary>
    public static SnapshotData Snapshot()
    {
        string[] videoIds = [.. Enumerable.Range(0, Videos).Select(VideoId).Order(StringComparer.Ordinal)];
        var numberOf = Enumerable.Range(0, Videos).ToDictionary(VideoId);
        string[] userIds = [.. new[] { Ann, Bob }.Select(id => id.ToString()).Order(StringComparer.Ordinal)];
        int ItemOf(int video) => Array.BinarySearch(videoIds, VideoId(video), StringComparer.Ordinal);
        var annFirst = userIds[0] == Ann.ToString();
        int[] ann = [ItemOf(0), ItemOf(1)], bob = [ItemOf(5)];
        return new SnapshotData
        {
            Catalogue = new Catalogue
            {
                VideoIds = videoIds,
                Videos = [.. videoIds.Select(id => new Video { Id = id, Title = $"Title {numberOf[id]}", IsActive = numberOf[id] != 2 })],
            },
            Log = new InteractionLog
            {
                UserIds = userIds,
                ProfileCreatedAt = [null, null],
                Offsets = annFirst ? [0, 2, 3] : [0, 1, 3],
                Item = annFirst ? [.. ann, .. bob] : [.. bob, .. ann],
                Time = [1, 1, 1],
                Positive = annFirst ? [false, false, true] : [true, false, false],
                Weight = [1, 1, 1],
            },
        };
    }

    private static IEnumerable<EmbeddingRow> Rows(EmbeddingKind kind, int dim, bool turned)
    {
        if (kind == EmbeddingKind.Users)
        {
            foreach (var user in Users)
                yield return new EmbeddingRow(user, At(0, dim));
            yield break;
        }

        for (var i = 0; i < Videos; i++)
            yield return new EmbeddingRow(VideoId(i), At((turned ? Videos - 1 - i : i) * Math.PI / 2 / Videos, dim));
    }

    private static float[] At(double angle, int dim)
    {
        var embedding = new float[dim];
        (embedding[0], embedding[1]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
        return embedding;
    }

    private static async IAsyncEnumerable<EmbeddingRow> ToAsyncEnumerable(this IEnumerable<EmbeddingRow> rows)
    {
        foreach (var row in rows)
        {
            await Task.Yield();
            yield return row;
        }
    }
}
