using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Host.Models;

/// <summary>Embeds single users with the live version's own files, as an edge function does, and stores the result for readers.</summary>
internal sealed class UserEmbedder(OpenVectorIndex openIndex, OpenPublishStore openStore, ResolveSettings settings, TimeProvider time)
    : IDisposable
{
    private readonly SemaphoreSlim _loading = new(1, 1);
    private LoadedTower? _tower;

    /// <param name="given">What the user did; null reads it from the newest decisions.</param>
    /// <returns>The version that embedded the user.</returns>
    /// <exception cref="PermanentStageException">No version is live, its files cannot be used, or there are no decisions to read.</exception>
    public async Task<string> RefreshAsync(string userId, UserPayload? given, CancellationToken cancellationToken)
    {
        var (inForce, now) = (settings(null), time.GetUtcNow());
        await using var index = openIndex(inForce.Serving);
        var live = (await index.ListVersionsAsync(cancellationToken)).FirstOrDefault(version => version.IsActive)?.Version
            ?? throw new PermanentStageException("no version is live, expected one: publish a run first");
        var payload = given ?? await index.ReadPayloadAsync(userId, inForce.Source.PositiveDecisions, now, cancellationToken)
            ?? throw new PermanentStageException($"no body, and {index.Location} has no decisions to read, expected the user's payload as the body");

        var tower = await RentAsync(live, inForce.Publish, cancellationToken);
        try
        {
            await index.StoreUserAsync(live, new EmbeddingRow(userId, tower.Embed(payload, now)), cancellationToken);
        }
        finally
        {
            tower.Return();
        }

        return live;
    }

    public void Dispose()
    {
        _tower?.Return();
        _loading.Dispose();
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
