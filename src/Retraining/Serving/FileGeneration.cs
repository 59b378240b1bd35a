using System.Numerics.Tensors;

namespace Retraining.Serving;

/// <summary>One version of a file index in memory: exact cosine search over all videos.</summary>
internal sealed class FileGeneration
{
    public required string Version { get; init; }
    public required int Dim { get; init; }

    /// <summary>Ids in the order of the rows.</summary>
    public required string[] VideoIds { get; init; }
    public required string?[] Titles { get; init; }
    public required bool[] IsActive { get; init; }

    /// <summary>Per video in [0, 1].</summary>
    public required double[] Popularity { get; init; }

    /// <summary>Row-major [videos, dim], unit norm.</summary>
    public required float[] Videos { get; init; }

    public required Dictionary<string, FileUser> Users { get; init; }

    public RecommendationList Recommend(string userId, string? pseudonym, int count)
    {
        if (pseudonym is null || !Users.TryGetValue(pseudonym, out var user))
            Users.TryGetValue(userId, out user);
        var embedding = user?.Embedding;
        var decided = user is null ? [] : user.Decided.ToHashSet();
        var scores = new double[VideoIds.Length];
        for (var video = 0; video < scores.Length; video++)
            scores[video] = embedding is null ? Popularity[video] : TensorPrimitives.Dot(embedding, Videos.AsSpan(video * Dim, Dim));

        var best = Enumerable.Range(0, scores.Length)
            .Where(video => IsActive[video] && !decided.Contains(video))
            .OrderByDescending(video => scores[video]).ThenBy(video => VideoIds[video], StringComparer.Ordinal)
            .Take(count);
        return new RecommendationList
        {
            UserId = userId,
            Version = Version,
            Personal = embedding is not null,
            Items = [.. best.Select((video, i) => new Recommendation(VideoIds[video], Titles[video], scores[video], i + 1))],
        };
    }
}
