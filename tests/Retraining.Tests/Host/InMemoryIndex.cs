using Retraining.Features;
using Retraining.Serving;

namespace Retraining.Tests.Host;

/// <summary>A vector index that keeps a ledger and says what it is told to recommend.</summary>
internal sealed class InMemoryIndex(TimeProvider time) : IVectorIndex
{
    public List<ModelVersion> Versions { get; } = [];

    public List<VersionChange> Changes { get; } = [];

    public List<(string Version, string UserId, float[] Embedding)> Stored { get; } = [];

    public Exception? Fault { get; set; }

    public string Location => "memory";

    public Task<LoadedEmbeddings> LoadAsync(EmbeddingLoad load, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Activation> ActivateAsync(VersionChange change, CancellationToken cancellationToken)
    {
        Changes.Add(change);
        var now = time.GetUtcNow();
        var previous = Versions.Find(version => version.IsActive)?.Version;
        for (var i = 0; i < Versions.Count; i++)
        {
            var version = Versions[i];
            Versions[i] = version.Version == change.Version ? version with { IsActive = true, ActivatedAt = now, ActivatedBy = change.By, Reason = change.Reason }
                : version.IsActive ? version with { IsActive = false, RetiredAt = now }
                : version;
        }

        return Task.FromResult(new Activation { Version = change.Version, PreviousVersion = previous, ActivatedAt = now });
    }

    public Task<IReadOnlyList<ModelVersion>> ListVersionsAsync(CancellationToken cancellationToken) =>
        Fault is null ? Task.FromResult<IReadOnlyList<ModelVersion>>([.. Versions]) : throw Fault;

    public Task<Activation?> FindLiveAsync(DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(
        Versions.Where(version => version.ActivatedAt <= at).MaxBy(version => version.ActivatedAt) is { } live
            ? new Activation { Version = live.Version, ActivatedAt = live.ActivatedAt!.Value, By = live.ActivatedBy, Reason = live.Reason }
            : null);

    public Task<IReadOnlyList<string>> DropRetiredAsync(bool dryRun, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task<IReadOnlyList<IndexedEmbeddings>> InspectAsync(string version, IEnumerable<string> videoIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IndexedEmbeddings>>([]);

    public Task<RecommendationList> RecommendAsync(string userId, string? pseudonym, int count, CancellationToken cancellationToken)
    {
        var items = Enumerable.Range(1, count).Select(rank => new Recommendation($"video-{rank}", $"夏の海 {rank}", 1.0 / rank, rank));
        return Task.FromResult(new RecommendationList { UserId = userId, Version = "20261120_120000", Personal = userId != "stranger", Items = [.. items] });
    }

    public Task<IReadOnlyList<string>> ListUsersAsync(int count, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["user-1"]);

    public Dictionary<string, UserPayload> Payloads { get; } = new(StringComparer.Ordinal);

    /// <summary>The live version keeps its users under pseudonyms.</summary>
    public bool PseudonymisedUsers { get; set; }

    /// <summary>Another version goes live just before so many stores.</summary>
    public int Switches { get; set; }

    public Task<ServedVersion?> FindServedAsync(CancellationToken cancellationToken) => Task.FromResult(
        Versions.Find(version => version.IsActive) is { } live ? new ServedVersion(live.Version, PseudonymisedUsers) : null);

    public async Task<(ServedVersion? Served, UserPayload? Payload)> ReadUserAsync(
        string userId, IReadOnlyList<string> positiveDecisions, DateTimeOffset asOf, CancellationToken cancellationToken) =>
        (await FindServedAsync(cancellationToken), Payloads.GetValueOrDefault(userId));

    public Task<string?> StoreUserAsync(string version, EmbeddingRow user, CancellationToken cancellationToken)
    {
        if (Switches > 0)
        {
            Switches--;
            return Task.FromResult<string?>("20990101_000000");
        }

        lock (Stored)
            Stored.Add((version, user.Id, user.Embedding.ToArray()));
        return Task.FromResult<string?>(version);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
