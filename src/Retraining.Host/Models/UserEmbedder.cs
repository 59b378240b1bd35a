using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Host.Models;

/// <summary>Embeds single users with the live version's own files, as an edge function does, and stores the result for readers.</summary>
internal sealed class UserEmbedder(
    OpenVectorIndex openIndex, OpenPublishStore openStore, ResolveSettings settings, IndexedUserIds ids, TimeProvider time) : IDisposable
{
    private const int Attempts = 3; // another version may go live in between

    private readonly SemaphoreSlim _loading = new(1, 1);
    private LoadedTower? _tower;

    /// <param name="userId">As the service knows the user; stored under the pseudonym where the live version keeps those.</param>
    /// <param name="given">What the user did; null reads it from the newest decisions.</param>
    /// <returns>The version that embedded the user.</returns>
    /// <exception cref="PermanentStageException">No version is live, its files cannot be used, or there are no decisions to read.</exception>
    public async Task<string> RefreshAsync(string userId, UserPayload? given, CancellationToken cancellationToken)
    {
        var inForce = settings(null);
        await using var index = openIndex(inForce.Serving);
        for (var attempt = 1; ; attempt++)
        {
            var embedded = await EmbedAsync(index, userId, given, inForce, cancellationToken);
            var live = await index.StoreUserAsync(embedded.Version, embedded.User, cancellationToken);
            if (live == embedded.Version)
                return live;
            if (attempt == Attempts)
                throw new PermanentStageException($"embedded by version {embedded.Version}, but {live ?? "no version"} is live");
        }
    }

    public void Dispose()
    {
        _tower?.Return();
        _loading.Dispose();
    }

    private async Task<(string Version, EmbeddingRow User)> EmbedAsync(
        IVectorIndex index, string userId, UserPayload? given, RetrainingSettings inForce, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (served, payload) = given is null
            ? await index.ReadUserAsync(userId, inForce.Source.PositiveDecisions, now, cancellationToken)
            : (await index.FindServedAsync(cancellationToken), given);
        if (served is null)
            throw new PermanentStageException("no version is live, expected one: publish a run first");
        if (payload is null)
            throw new PermanentStageException($"no body, and {index.Location} has no decisions to read, expected the user's payload as the body");

        var id = ids.IdIn(served, userId);
        var tower = await RentAsync(served.Version, inForce.Publish, cancellationToken);
        try
        {
            return (served.Version, new EmbeddingRow(id, tower.Embed(payload, now)));
        }
        finally
        {
            tower.Return();
        }
    }

    private async Task<LoadedTower> RentAsync(string version, PublishSettings publish, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            if (_tower?.Version != version)
            {
                var loaded = await LoadedTower.OpenAsync(openStore(publish), publish.Prefix, version, cancellationToken);
                _tower?.Return();
                _tower = loaded;
            }

            return _tower.Rent();
        }
        finally
        {
            _loading.Release();
        }
    }
}
